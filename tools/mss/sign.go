package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/gomss/gomss/mss"
)

// signCmd asks for one signature: MSS_Signature, and in asynchronous mode MSS_StatusQuery (TS 102 204 clauses 7.1 and 7.2).
// The number and the text are what no output may hold; everything else of it may be printed.
type signCmd struct {
	Provider       string        `enum:"mssp,skmid,bankid,hermod," default:"" placeholder:"mssp|skmid|bankid|hermod" help:"Kind of service: mssp (ETSI TS 102 204, Swisscom Mobile ID), skmid (SK Mobile-ID, Estonia and Lithuania), bankid (Sweden) or hermod (Nexus Smart ID Messaging, with --simulate alone). Else the key provider; mssp."`
	MSISDN         string        `name:"msisdn" placeholder:"NUMBER" help:"Phone number with country code, with or without +; required (mssp, skmid)."`
	Identity       string        `placeholder:"CODE" help:"National identity code of the person; required with skmid."`
	Country        string        `placeholder:"CC" help:"Country of the identity code: EE or LT. Else that of the number (skmid)."`
	PersonalNumber string        `placeholder:"NUMBER" help:"The person's personal number, 12 digits; without it whoever takes up the order can answer (bankid, there required with --phone-call)."`
	IP             string        `name:"ip" placeholder:"ADDRESS" help:"Address of the person's browser, as your server sees it; required but with --phone-call (bankid)."`
	PhoneCall      string        `enum:"user,RP," default:"" placeholder:"user|RP" help:"The person is on the telephone, and this is who called: they (user) or you (RP) (bankid)."`
	User           string        `placeholder:"NAME" help:"The person's id at the Hermod; required (hermod)."`
	Text           string        `xor:"what" placeholder:"TEXT" help:"What the person reads and, of mssp, bankid and a signing with hermod, signs; of bankid it can be left out of an authentication, of mssp it begins with the assigned prefix, and either it or --txn is required."`
	Txn            string        `xor:"what" placeholder:"FILE" help:"Instead of --text: a transaction to approve in the app, as JSON: {\"type\", \"dtbd\": [{\"key\", \"value\"}]} (mssp)."`
	Hash           string        `xor:"digest" placeholder:"HASH" help:"What is signed: a digest in hexadecimal or Base64, or a file with it (skmid and hermod, for --purpose sign)."`
	File           string        `xor:"digest" placeholder:"FILE" help:"Instead of --hash: sign the digest of FILE, which stays here (skmid and hermod, for --purpose sign)."`
	HashType       string        `enum:"sha256,sha384,sha512," default:"" placeholder:"sha256|sha384|sha512" help:"Hash of --file or of the challenge of an authentication, sha256 by default; of --hash as its length says (skmid; hermod with --hash and --file)."`
	Lang           string        `placeholder:"LANG" help:"Language of the text: en, de, fr, it; of skmid et, en, ru, lt; of bankid sv, en, for hints. Else the key lang; en with --simulate."`
	Profile        string        `placeholder:"URI" help:"Signature profile. Else the key profile; Any-LoA4 with --simulate (mssp)."`
	Purpose        string        `enum:"authentication,signing,auth,sign" default:"authentication" placeholder:"authentication|signing" help:"Why the person signs, auth and sign for short; authentication by default. skmid has other keys and PINs for the two."`
	Mode           string        `enum:"sync,async" default:"async" placeholder:"sync|async" help:"sync holds one connection open (mssp); async, the default, polls."`
	Timeout        time.Duration `placeholder:"80s" help:"How long the person has: 15s to 300s. Else as the profile has it (mssp; hermod: to 30m, 2m by default)."`
	Code           bool          `help:"Append a comparison code to the text and show it here; makes the signature fresh (mssp, hermod; skmid has a code in any case, and what bankid signs is always fresh)."`
	Format         string        `enum:"jws,pkcs7," default:"" placeholder:"jws|pkcs7" help:"Form of the signature; pkcs7 by default (hermod)."`
	Out            string        `placeholder:"FILE" help:"Write the verified signature into the new FILE: the CMS in DER, or the compact JWS. It names the person (hermod)."`

	Binding    string         `enum:"soap,rest," default:"" placeholder:"soap|rest" help:"Form of the messages. Else the key binding; soap (mssp)."`
	Geofencing geofencingFlag `placeholder:"POLICY" help:"Ask where the phone is; with =POLICY, such as allow=CH,location=0.7,device=0.5,age=10m,accuracy=1000, it must be there; several countries, allow=CH+LI, with --binding rest. local: this command alone judges (mssp)."`
	App2App    string         `name:"app2app" placeholder:"URI" help:"Show a link that opens the app on this device, which returns to URI: https, or of a scheme in the key redirect_schemes (async only, mssp)."`
	Receipt    string         `placeholder:"TEXT" help:"After the signature, tell the person this; begins with the assigned prefix, which is added where it is missing (mssp)."`
	Account    string         `placeholder:"ID" help:"Compare the signer with the one that this account of yours had before, in the store of the key serials or --serials."`
	Serials    string         `placeholder:"FILE" help:"Store (SQLite) for --account. Else the key serials."`
	Evidence   string         `placeholder:"FILE" help:"Write the answer, sealed, into the new FILE for mss receipt, mss verify skmid and mss verify bankid (needs the key handle_key_file)."`

	Simulate         bool   `help:"Use a simulated service in this process; needs no configuration."`
	Config           string `placeholder:"FILE" help:"Configuration file (YAML)."`
	AllowTestNumbers bool   `help:"Accept the service's test numbers, behind which there is no person (mssp)."`

	Record        string `placeholder:"DIR" help:"Write the run into DIR, new or empty, as a scenario for mss replay; nothing personal stays in it (mssp)."`
	Trace         string `placeholder:"FILE" help:"Write what goes to and fro into the new FILE, without numbers, texts, secrets and signatures (mssp)."`
	KeepSignature bool   `help:"With --record: keep a person's signature, with their certificate and the text, not only a test number's."`

	NoWait bool `help:"Print a sealed handle for mss status instead of waiting (async only)."`
	JSON   bool `name:"json" help:"Print one JSON object."`
}

// Help is printed before the flags. Lines that begin with a tab keep their form.
func (*signCmd) Help() string {
	return `Exit codes: 0 signed and verified, 2 usage or configuration, 3 fault, 4 verification failed, 5 transport or outcome unknown, 6 not answered yet (--no-wait).

Examples:

	mss sign --simulate --msisdn 41700092501 --text "Bank ACME: log in?" --code
	mss sign --simulate --msisdn 41000092401 --text "Bank ACME: log in?" --json
	mss sign --config mss.yaml --msisdn 41791234567 --lang de --text "Bank ACME: Anmelden?"
	mss sign --simulate --binding rest --msisdn 41700092501 --text "Bank ACME: log in?" --geofencing --receipt "Thanks"
	mss sign --simulate --msisdn 41790000001 --profile http://mid.swisscom.ch/Device-LoA4 --text "Bank ACME: log in?" --app2app https://acme.example/return
	mss sign --simulate --msisdn 41700092501 --text "Bank ACME: log in?" --record recorded --trace trace.txt
	mss status --config mss.yaml --wait $(mss sign --config mss.yaml --no-wait ...)
	mss sign --provider skmid --simulate --msisdn +37200000766 --identity 60001019906 --purpose auth --text "Log in to ACME?"
	mss sign --provider skmid --simulate --msisdn +37200000766 --identity 60001019906 --purpose sign --file contract.pdf
	mss sign --config mobileid-ee.yaml --msisdn +37200000766 --identity 60001019906 --lang et --text "Log in?" --evidence login.evidence
	mss sign --provider bankid --simulate --ip 192.0.2.7 --purpose auth --text "Log in to ACME"
	mss sign --config bankid.yaml --ip 192.0.2.7 --purpose sign --text "I buy the boat" --lang sv --evidence boat.evidence
	mss sign --provider hermod --simulate --user alice --text "Log in to ACME?" --format jws
	mss sign --provider hermod --simulate --user alice --purpose sign --text "Pay 10 EUR to ACME" --code --out payment.p7s

The simulator's test numbers: 41700092501 (EC) and 41700092502 (RSA) sign; 41000092401 and the like answer with the fault of the last three digits. 41790000001 is a person with the app, for --txn and --app2app; mss simulate lists more.

Of provider skmid they are those of SK's demo service: +37200000766 with 60001019906 signs, +37201100266 with 60001019950 cancels; docs/cli.md lists them all. The verification code is shown as soon as there is one, with --json on standard error: the phone must show the same before a PIN is entered.

Of provider bankid the QR code is drawn on a terminal, anew each second, until an app has read it. Elsewhere, and with --no-wait, there is the link that starts the app on this device; with --json it goes to standard error. Of the simulator everybody takes up an order at once, and signs.

A Hermod calls back, which takes a server: this command has a simulator of it alone, in which the person is enrolled first, since nothing is kept. An authentication signs a challenge, a signing the text. The user "cancels" declines, "blocks" blocks the PIN, and the device of "forges" signs wrongly.`
}

func (c *signCmd) Run(a *app) error {
	r := new(report)
	r.private.add(c.Text, c.Identity, c.PersonalNumber, c.User)
	sig, err := c.sign(a, r)
	r.judged(sig, err)
	return a.conclude(c.JSON, r, err)
}

// sign makes the request and waits. It fills r with what is known of it, whatever comes of it.
func (c *signCmd) sign(a *app, r *report) (*mss.Signature, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	service, s, err := a.choose(c.Provider, c.Config, c.Simulate)
	if err != nil {
		return nil, err
	}
	return c.signWith(a, r, service, s)
}

// signWith does so at one provider: with a configuration, or without one at a simulator.
func (c *signCmd) signWith(a *app, r *report, service *provider, s *settings) (*mss.Signature, error) {
	if err := service.admit(c); err != nil {
		return nil, err
	}
	rec, err := c.newRecording()
	if err != nil {
		return nil, err
	}
	defer rec.close()
	acc, done, err := c.open(a, service, s, rec)
	if err != nil {
		return nil, err
	}
	defer done()
	r.Environment = acc.environment.String()
	r.private.add(acc.cfg.APPassword.Reveal())
	// Before the phone rings: a request whose handle cannot be sealed is lost to everybody.
	if c.NoWait && acc.keys == nil {
		return nil, usagef("--no-wait: the configuration has no handle_key_file to seal the handle with; make one with: openssl rand -out FILE 32")
	}
	if err := c.checkFiles(a, acc); err != nil {
		return nil, err
	}
	req, err := c.request(acc)
	if err != nil {
		return nil, service.inFlags(err)
	}
	r.Transaction = &transactionReport{APTransID: req.TransID}
	r.private.addUser(req.User)
	r.asked(req.User)
	p := a.newProgress(c.JSON || c.NoWait)
	p.of(service, c.language(acc))
	c.announce(p, req)
	defer p.tick()()
	if service.prepare != nil {
		if err := service.prepare(a, acc, req.User, p); err != nil {
			return nil, a.interrupted(err)
		}
	}
	sig, text, err := c.ask(a, acc, req, r, p)
	rec.asked(acc, c.Mode, req, text, sig, err)
	defer rec.finish(a, acc)
	if err != nil {
		return nil, err
	}
	return sig, c.follow(a, acc, sig, r, p, rec)
}

// checkFiles looks at what will be written, before the phone rings.
func (c *signCmd) checkFiles(a *app, acc *account) error {
	if c.Account != "" {
		store := cmp.Or(c.Serials, acc.serials)
		if store == "" {
			return usagef("--account: needs a store: --serials FILE, or the key serials of the configuration")
		}
		if err := checkStore(a.ctx, store); err != nil {
			return usagef("--account: %v", err)
		}
	}
	if c.Out != "" {
		if _, err := os.Lstat(c.Out); !errors.Is(err, fs.ErrNotExist) {
			return usagef("--out: the file exists, or cannot be looked at; choose a new one")
		}
	}
	if c.Evidence == "" {
		return nil
	}
	if acc.keys == nil {
		return usagef("--evidence: the configuration has no handle_key_file to seal it with; make one with: openssl rand -out FILE 32")
	}
	if _, err := os.Lstat(c.Evidence); !errors.Is(err, fs.ErrNotExist) {
		return usagef("--evidence: the file exists, or cannot be looked at; choose a new one")
	}
	return nil
}

// follow is what comes after a verified signature. What fails then changes nothing of it, but for an account that is
// somebody else's.
func (c *signCmd) follow(a *app, acc *account, sig *mss.Signature, r *report, p *progress, rec *recording) error {
	if c.Evidence != "" {
		if err := acc.writeEvidence(c.Evidence, sig.Evidence); err != nil {
			fmt.Fprintf(a.stderr, "mss: warning: --evidence: %v\n", err)
		}
	}
	if c.Out != "" {
		if err := writeNew(c.Out, sig.Value, 0o600); err != nil {
			fmt.Fprintf(a.stderr, "mss: warning: --out: %v\n", err)
		}
	}
	if c.Account != "" {
		if err := c.bind(a, acc, sig, r); err != nil {
			return err
		}
	}
	if c.Receipt == "" {
		return nil
	}
	text := c.Receipt
	if prefix := acc.cfg.Prefix; !strings.HasPrefix(text, prefix) {
		text = prefix + text
	}
	r.private.add(text)
	m := mss.Message{Text: text, Language: c.language(acc)}
	err := a.sendReceipt(acc, sig, m, r, p)
	rec.received(m, r.Receipt, err)
	if err != nil {
		r.Receipt = &receiptReport{Outcome: "failed", Error: message(err)}
		fmt.Fprintf(a.stderr, "mss: warning: --receipt: %s\n", message(err))
	}
	return nil
}

// bind holds the signer against the one that the account had before.
func (c *signCmd) bind(a *app, acc *account, sig *mss.Signature, r *report) error {
	result, err := bindAccount(a.ctx, cmp.Or(c.Serials, acc.serials), c.Account, sig)
	if err != nil {
		return err
	}
	r.Account = &accountReport{Outcome: result.Outcome.String()}
	return nil
}

// ask makes the request and waits. text is what the person was shown, with the code.
func (c *signCmd) ask(a *app, acc *account, req *mss.Request, r *report, p *progress) (sig *mss.Signature, text string, err error) {
	ctx := p.trace(a.ctx, acc, "the phone, mode "+c.Mode+", AP_TransID "+req.TransID)
	text = req.Display
	if c.Mode == "sync" {
		sig, err := acc.client.(syncSigner).SignSync(ctx, req) // of those that take --mode
		return sig, text, a.interrupted(err)
	}
	tx, err := acc.Start(ctx, req)
	if err != nil {
		return nil, text, a.interrupted(acc.provider.inFlags(err))
	}
	if code := acc.Prompt(tx, time.Now()).Code; code != "" && req.AddCode {
		text += " (" + code + ")" // as mss.Request.AddCode appends it
		r.private.add(text)
	}
	r.Transaction.MSSPTransID = tx.MSSPTransID
	p.step("accepted", "MSSP_TransID %s", tx.MSSPTransID)
	if c.NoWait {
		// Whoever waits later shows nothing, so the code is shown now.
		prompt := acc.Prompt(tx, time.Now())
		prompt.QR = mss.Private{} // nobody would refresh it
		p.show(prompt)
		return nil, text, c.handOver(acc, tx, r)
	}
	sig, err = mss.Wait(ctx, &watched{Service: acc, p: p}, tx, p.show)
	return sig, text, a.interrupted(err)
}

// check refuses flags that contradict each other.
func (c *signCmd) check() error {
	switch {
	case c.Simulate && c.NoWait:
		return usagef("--no-wait: the simulator of --simulate ends with this process, and the request with it%s", simulateHint(c.Provider))
	case c.NoWait && c.Record != "":
		return usagef("--record: excludes --no-wait; a recording ends with the outcome, which this process would not see")
	case c.KeepSignature && c.Record == "":
		return usagef("--keep-signature: needs --record DIR")
	case c.NoWait && c.Mode == "sync":
		return usagef("--no-wait: needs --mode async; a synchronous request is an open connection")
	case c.NoWait && (c.Receipt != "" || c.Evidence != "" || c.Account != "" || c.Out != ""):
		return usagef("--no-wait: excludes --receipt, --evidence, --account and --out, which need the outcome")
	case c.App2App != "" && c.Mode == "sync":
		return usagef("--app2app: needs --mode async; the link must be shown before the person can sign")
	case c.Serials != "" && c.Account == "":
		return usagef("--serials: needs --account ID")
	case c.Code && c.Mode == "sync":
		return usagef("--code: needs --mode async; in synchronous mode the code is known only when the person has signed")
	}
	return nil
}

// open makes the client: of the simulator, or of the configuration.
func (c *signCmd) open(a *app, p *provider, s *settings, rec *recording) (acc *account, done func(), err error) {
	o := opening{profile: c.Profile, binding: c.Binding, allowTest: c.AllowTestNumbers, rec: rec}
	if s != nil {
		o.profile = cmp.Or(c.Profile, s.profile)
		if o.profile == "" && p.takesKey("profile") {
			return nil, nil, s.errorf("profile", "is required: set it, or use --profile; there is no default because it decides what a signature is worth")
		}
	}
	return a.openWith(p, s, o)
}

// request makes the request. Its TransID is made here so that it can be reported whatever happens.
func (c *signCmd) request(acc *account) (*mss.Request, error) {
	user, err := acc.provider.user(c.MSISDN, cmp.Or(c.Identity, c.PersonalNumber, c.User), c.Country)
	if err != nil {
		return nil, err
	}
	req := &mss.Request{
		TransID:  "T" + rand.Text(),
		Purpose:  parsePurpose(c.Purpose),
		User:     user,
		AddCode:  c.Code,
		Language: c.language(acc),
		Timeout:  c.Timeout,
	}
	return req, acc.provider.fill(c, req)
}

// parsePurpose reads what the grammar allows: authentication, signing, auth and sign.
func parsePurpose(name string) mss.Purpose {
	if strings.HasPrefix(name, "sign") {
		return mss.Signing
	}
	return mss.Authentication
}

// announce says what is signed where that is not what the person reads.
func (c *signCmd) announce(p *progress, req *mss.Request) {
	switch {
	case c.File != "":
		p.step("signs", "the %v digest of the file: %x", req.Data.Hash, req.Data.Content)
	case c.Hash != "":
		p.step("signs", "the %v digest %x", req.Data.Hash, req.Data.Content)
	}
}

// syncSigner is a client that can hold one connection open until the person has signed.
type syncSigner interface {
	SignSync(ctx context.Context, req *mss.Request) (*mss.Signature, error)
}

func (c *signCmd) language(acc *account) string {
	return cmp.Or(c.Lang, acc.lang)
}

// handOver seals the transaction into a handle. It is bound to no session: a command line has none, and whoever holds
// the handle and the key may ask for the outcome. Asking rings nobody.
func (c *signCmd) handOver(acc *account, tx *mss.Transaction, r *report) error {
	handle, err := acc.keys.Seal(tx, mss.NoBinding)
	if err != nil {
		return errors.Join(mss.ErrUnknownOutcome, err)
	}
	r.Handle, r.Status = handle, int(mss.StatusRequestOK)
	return errOutstanding
}

// interrupted marks what a signal has ended. An outcome that came nevertheless stays what it is.
func (a *app) interrupted(err error) error {
	if err == nil || a.ctx.Err() == nil || isA[*mss.Fault](err) || isA[*mss.VerificationError](err) {
		return err
	}
	return &interruptedError{err}
}
