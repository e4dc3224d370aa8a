package hermod

import (
	"context"
	"crypto/x509"
	"fmt"
	"time"

	"github.com/gomss/gomss/internal/observe"
	"github.com/gomss/gomss/mss"
)

// Certify installs certificates in a device that has made keys (CERT), waits until the device has them, and enters it into
// Config.Registry: from then on Start finds its keys. That is MSS_Registration of TS 102 204 with a certificate, and its outcome
// 408 (REGISTRATION_OK) is a nil error. chains are by the id of the key. Of each the first certificate is used; the authorities
// above it are those of Config.Anchors, MaxDeviceChain certificates in all. A key without a certificate is registered as it is, and
// cannot be used.
//
// Of p the Evidence alone is believed, and judged anew. A certificate that is not for the key and the name of its request, not valid
// now, an authority's, or not issued by Config.Anchors, is a *mss.RequestError that wraps mss.ErrorCertificate and a
// *mss.VerificationError, and nothing is sent. The app has as long as it had for Provision.
//
// The answer to CERT is not signed: that the certificates are installed is the Hermod's word. A device that has told so, but that
// the registry did not take, is returned with an error that wraps the registry's: Put it again.
//
// Other errors: a *mss.Fault where the certificates were not installed (407, 208), a *mss.VerificationError where the answer is not
// one to this command (its checks are "evidence", "answer", "command", "result", "destination" and "host"), those of
// VerifyProvisioning, of mss.Service.Start and of mss.Wait. After all but a *mss.RequestError the certificates may be in the app;
// Certify can be called again, which sends them again.
func (c *Client) Certify(ctx context.Context, p *Provisioning, chains map[string][]*x509.Certificate) (*Device, error) {
	return c.certify(ctx, p, chains, nil)
}

func (c *Client) certify(ctx context.Context, p *Provisioning, chains map[string][]*x509.Certificate, show func(mss.Prompt)) (*Device, error) {
	tx, d, err := c.install(ctx, p, chains)
	if err != nil {
		return nil, err
	}
	ev, err := c.await(ctx, tx, show)
	if err != nil {
		return nil, err
	}
	if err := c.verifyCertified(ev); err != nil {
		return nil, err
	}
	d.EnrolledAt = whole(ev.Received)
	putting, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTime) // the device will not say it again
	defer cancel()
	if err := c.cfg.Registry.Put(putting, d); err != nil {
		return d, fmt.Errorf("hermod: the certificates are installed, but the registry of enrolments failed: %w", err)
	}
	return d, nil
}

// install sends the command, and returns what the device will be once the certificates are in it.
func (c *Client) install(ctx context.Context, p *Provisioning, chains map[string][]*x509.Certificate) (*mss.Transaction, *Device, error) {
	ctx, k := observe.Begin(ctx, c.cfg.Observer, mss.Event{Scope: c.scope, Operation: mss.OpRegistration})
	tx, d, err := c.sendCertificates(ctx, p, chains, k)
	k.Done(ctx, err)
	return tx, d, err
}

func (c *Client) sendCertificates(ctx context.Context, p *Provisioning, chains map[string][]*x509.Certificate, k *observe.Call) (*mss.Transaction, *Device, error) {
	p, err := c.reverify(p)
	if err != nil {
		return nil, nil, err
	}
	now, err := c.now()
	if err != nil {
		return nil, nil, err
	}
	d, err := c.newDevice(p, chains, now)
	if err != nil {
		return nil, nil, err
	}
	leaves := make(map[string][]byte)
	for _, key := range d.Keys {
		if len(key.Chain) != 0 {
			leaves[key.ID] = key.Chain[0].Raw
		}
	}
	id := newExternalID()
	k.Named(id, "")
	prov := &p.Evidence.Transaction
	st := &state{Kind: certificate, ExternalID: id, ProfileID: p.ProfileID, BoxID: p.BoxID}
	tx, err := c.command(ctx, &mss.Transaction{TransID: id, User: prov.User}, st, certificate, newCertCommand(p, leaves), timeoutOf(prov), k)
	return tx, d, err
}

// reverify judges the evidence of a provisioning at this client's Hermod anew.
func (c *Client) reverify(p *Provisioning) (*Provisioning, error) {
	switch {
	case p == nil || p.Evidence == nil:
		return nil, refuse("Provisioning", "has no Evidence: it must come from Provisioned or VerifyProvisioning")
	case p.Evidence.Transaction.Provider != c.scope:
		return nil, refuse("Provisioning", "is of another Hermod, environment or API user than this client's")
	}
	return c.VerifyProvisioning(p.Evidence)
}

// newDevice is the device with the certificates, all of which are checked (step F19).
func (c *Client) newDevice(p *Provisioning, chains map[string][]*x509.Certificate, now time.Time) (*Device, error) {
	d := &Device{User: p.User, ProfileID: p.ProfileID, BoxID: p.BoxID, Attested: p.Attested, EnrolledAt: now}
	used := 0
	for i := range p.Keys {
		key := DeviceKey{ID: p.Keys[i].ID, Mechanism: p.Keys[i].Mechanism}
		if chain, ok := chains[key.ID]; ok {
			used++
			path, err := c.checkIssued(&p.Keys[i], chain, now)
			if err != nil {
				return nil, &mss.RequestError{
					Field: "chains", Reason: "cannot be installed, so nothing was sent: " + err.Error(), Err: fmt.Errorf("%w: %w", mss.ErrorCertificate, err),
				}
			}
			key.Chain = path
		}
		d.Keys = append(d.Keys, key)
	}
	switch {
	case used == 0:
		return nil, refuse("chains", "hold no certificate of the device's keys")
	case used != len(chains):
		return nil, refuse("chains", "hold a certificate of a key that the device has not made")
	}
	if err := d.Check(); err != nil {
		return nil, refuse("chains", "cannot be registered: "+err.Error())
	}
	return d.clone(), nil
}

// timeoutOf is how long the person had for a command.
func timeoutOf(tx *mss.Transaction) time.Duration {
	return min(max((tx.Deadline.Sub(tx.Started)-grace).Truncate(time.Second), minTimeout), maxTimeout)
}

// Enroll is Provision, Provisioned, Enrollment.Issue for each of the keys in turn, and Certify: it shows the person the link or QR
// code that makes their app an enrolled device, and returns when it is one. show is called as mss.Sign calls it; a second prompt is
// of the certificates, for apps that no push reaches. Errors are those of the steps, Issue's wrapped.
//
// Nothing is kept in between: where the process ends, the person begins anew. The steps by themselves can be kept.
func (c *Client) Enroll(ctx context.Context, e *Enrollment, show func(mss.Prompt)) (*Device, error) {
	switch {
	case show == nil:
		return nil, refuse("show", "is nil: the person must see the prompt; pass func(mss.Prompt) {} if there is nobody to see it")
	case e == nil || e.Issue == nil:
		return nil, refuse("Enrollment.Issue", "is nil: no certificate could be had for the device")
	}
	tx, err := c.Provision(ctx, e)
	if err != nil {
		return nil, err
	}
	p, err := c.awaitProvisioning(ctx, tx, show)
	if err != nil {
		return nil, err
	}
	chains := make(map[string][]*x509.Certificate)
	for i := range p.Keys {
		k := &p.Keys[i]
		if chains[k.ID], err = e.Issue(ctx, k.CSR); err != nil {
			return nil, fmt.Errorf("hermod: the certificate of the key %q: %w", k.ID, err)
		}
	}
	return c.certify(ctx, p, chains, show)
}
