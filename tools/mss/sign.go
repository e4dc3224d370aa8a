package main

import (
	"cmp"
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
	MSISDN  string        `name:"msisdn" required:"" placeholder:"NUMBER" help:"Phone number with country code, with or without +."`
	Text    string        `xor:"what" required:"" placeholder:"TEXT" help:"What the person reads and signs; begins with the assigned prefix."`
	Txn     string        `xor:"what" required:"" placeholder:"FILE" help:"Instead of --text: a transaction to approve in the app, as JSON: {\"type\", \"dtbd\": [{\"key\", \"value\"}]}."`
	Lang    string        `placeholder:"LANG" help:"Language of the text: en, de, fr, it. Else the key lang; en with --simulate."`
	Profile string        `placeholder:"URI" help:"Signature profile. Else the key profile; Any-LoA4 with --simulate."`
	Purpose string        `enum:"authentication,signing" default:"authentication" placeholder:"authentication|signing" help:"Why the person signs; authentication by default."`
	Mode    string        `enum:"sync,async" default:"async" placeholder:"sync|async" help:"sync holds one connection open; async, the default, polls."`
	Timeout time.Duration `placeholder:"80s" help:"How long the person has: 15s to 300s. Else as the profile has it."`
	Code    bool          `help:"Append a comparison code to the text and show it here; makes the signature fresh."`

	Binding    string         `enum:"soap,rest," default:"" placeholder:"soap|rest" help:"Form of the messages. Else the key binding; soap."`
	Geofencing geofencingFlag `placeholder:"POLICY" help:"Ask where the phone is; with =POLICY, such as allow=CH+LI,location=0.7,device=0.5,age=10m,accuracy=1000, it must be there. local: this command alone judges."`
	App2App    string         `name:"app2app" placeholder:"URI" help:"Show a link that opens the app on this device, which returns to URI (async only)."`
	Receipt    string         `placeholder:"TEXT" help:"After the signature, tell the person this; begins with the assigned prefix, which is added where it is missing."`
	Account    string         `placeholder:"ID" help:"Compare the signer with the one that this account of yours had before, in the store of the key serials or --serials."`
	Serials    string         `placeholder:"FILE" help:"Store (SQLite) for --account. Else the key serials."`
	Evidence   string         `placeholder:"FILE" help:"Write the answer, sealed, into the new FILE for mss receipt (needs the key handle_key_file)."`

	Simulate         bool   `help:"Use a simulated service in this process; needs no configuration."`
	Config           string `placeholder:"FILE" help:"Configuration file (YAML)."`
	AllowTestNumbers bool   `help:"Accept the service's test numbers, behind which there is no person."`

	Record        string `placeholder:"DIR" help:"Write the run into DIR, new or empty, as a scenario for mss replay; nothing personal stays in it."`
	Trace         string `placeholder:"FILE" help:"Write what goes to and fro into the new FILE, without numbers, texts, secrets and signatures."`
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
	mss sign --simulate --msisdn 41700092501 --text "Bank ACME: log in?" --record recorded --trace trace.txt
	mss status --config mss.yaml --wait $(mss sign --config mss.yaml --no-wait ...)

The simulator's test numbers: 41700092501 (EC) and 41700092502 (RSA) sign; 41000092401 and the like answer with the fault of the last three digits.`
}

func (c *signCmd) Run(a *app) error {
	r := new(report)
	r.private.add(c.Text)
	sig, err := c.sign(a, r)
	r.judged(sig, err)
	return a.conclude(c.JSON, r, err)
}

// sign makes the request and waits. It fills r with what is known of it, whatever comes of it.
func (c *signCmd) sign(a *app, r *report) (*mss.Signature, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	rec, err := c.newRecording()
	if err != nil {
		return nil, err
	}
	defer rec.close()
	acc, done, err := c.open(a, rec)
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
		return nil, err
	}
	r.Transaction = &transactionReport{APTransID: req.TransID}
	r.private.add(req.User.MSISDN.Reveal(), req.User.MSISDN.Digits())
	p := a.newProgress(c.JSON || c.NoWait)
	defer p.tick()()
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
	ctx := p.trace(a.ctx, acc.url, "the phone, mode "+c.Mode+", AP_TransID "+req.TransID)
	text = req.Display
	if c.Mode == "sync" {
		sig, err := acc.SignSync(ctx, req)
		return sig, text, a.interrupted(err)
	}
	tx, err := acc.Start(ctx, req)
	if err != nil {
		return nil, text, a.interrupted(err)
	}
	if code := acc.Prompt(tx, time.Now()).Code; code != "" {
		text += " (" + code + ")" // as mss.Request.AddCode appends it
		r.private.add(text)
	}
	r.Transaction.MSSPTransID = tx.MSSPTransID
	p.step("accepted", "MSSP_TransID %s", tx.MSSPTransID)
	if c.NoWait {
		// Whoever waits later shows nothing, so the code is shown now.
		p.show(acc.Prompt(tx, time.Now()))
		return nil, text, c.handOver(acc, tx, r)
	}
	sig, err = mss.Wait(ctx, &watched{Service: acc, p: p}, tx, p.show)
	return sig, text, a.interrupted(err)
}

// check refuses flags that contradict each other.
func (c *signCmd) check() error {
	switch {
	case c.Simulate && c.NoWait:
		return usagef("--no-wait: the simulator of --simulate ends with this process, and the request with it; run `mss simulate` and use its --config")
	case c.Simulate && c.Config != "":
		return usagef("--simulate: excludes --config; to use a simulator with a configuration run `mss simulate`")
	case c.NoWait && c.Record != "":
		return usagef("--record: excludes --no-wait; a recording ends with the outcome, which this process would not see")
	case c.KeepSignature && c.Record == "":
		return usagef("--keep-signature: needs --record DIR")
	case c.NoWait && c.Mode == "sync":
		return usagef("--no-wait: needs --mode async; a synchronous request is an open connection")
	case c.NoWait && (c.Receipt != "" || c.Evidence != "" || c.Account != ""):
		return usagef("--no-wait: excludes --receipt, --evidence and --account, which need the outcome")
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
func (c *signCmd) open(a *app, rec *recording) (acc *account, done func(), err error) {
	if c.Simulate {
		profile := c.Profile
		if profile == "" {
			profile = simulatedProfile
		}
		b, _ := parseBinding(c.Binding) // one of the two, by the grammar
		return a.connectSimulator(profile, b, rec)
	}
	s, err := a.load(c.Config)
	if err != nil {
		return nil, nil, err
	}
	if c.Binding != "" {
		s.binding = c.Binding
	}
	profile := s.profile
	if c.Profile != "" {
		profile = c.Profile
	}
	if profile == "" {
		return nil, nil, s.errorf("profile", "is required: set it, or use --profile; there is no default because it decides what a signature is worth")
	}
	acc, err = a.connect(s, profile, c.AllowTestNumbers, rec)
	if err != nil {
		return nil, nil, err
	}
	return acc, acc.Close, nil
}

// request makes the request. Its TransID is made here so that it can be reported whatever happens.
func (c *signCmd) request(acc *account) (*mss.Request, error) {
	number, err := mss.ParseMSISDN(c.MSISDN)
	if err != nil {
		return nil, err
	}
	display, data, err := c.data()
	if err != nil {
		return nil, err
	}
	req := &mss.Request{
		TransID:  "T" + rand.Text(),
		Purpose:  mss.Authentication,
		User:     mss.User{MSISDN: number},
		Display:  display,
		Data:     data,
		AddCode:  c.Code,
		Language: c.language(acc),
		Timeout:  c.Timeout,
		Options:  c.options(),
	}
	if c.Purpose == mss.Signing.String() {
		req.Purpose = mss.Signing
	}
	return req, nil
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
