package cms

import "time"

// Remembered counts what the cache holds.
func (v *Verifier) Remembered() (signers, issuers, certificates int) {
	v.cache.mu.Lock()
	defer v.cache.mu.Unlock()
	return len(v.cache.signers.entries), len(v.cache.issuers.entries), len(v.cache.certificates.entries)
}

// VerifyPath judges the path of the certificate that comes first in a DER
// message, whatever the rest of the message is worth.
func (v *Verifier) VerifyPath(message []byte, at time.Time) error {
	c := cursor(message)
	for _, tag := range []byte{tagSequence, tagContext0, tagSequence, tagContext0} {
		e, ok := c.next()
		for ok && e.full[0] != tag {
			e, ok = c.next()
		}
		if !ok {
			return errNotDER
		}
		c = e.body
	}
	raws, err := splitCertificates(c)
	if err != nil {
		return err
	}
	certificates, err := v.certificates(raws)
	if err != nil {
		return err
	}
	_, err = v.chain(certificates[0], certificates, at)
	return err
}
