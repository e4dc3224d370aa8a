package msstest

import (
	"context"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/mss"
)

// signature is the operation MSS_Signature (TS 102 204 clause 8.2): it waits for the person in synchronous mode, and
// acknowledges in asynchronous mode.
func (s *Server) signature(ctx context.Context, req *etsi.SignatureReq, note *Request) (answer, error) {
	q, f := s.read(req)
	if f != nil {
		return answer{fault: f}, nil
	}
	tx, f := s.begin(q)
	if f != nil {
		return answer{fault: f}, nil
	}
	s.history.Set(func() { note.MSSPTransID = tx.id })

	resp := &etsi.SignatureResp{
		MessageAbstract:  abstract(&req.MessageAbstract),
		MSSPTransID:      tx.id,
		MobileUser:       etsi.MobileUser{MSISDN: &q.msisdn},
		SignatureProfile: &etsi.MssURI{MssURI: tx.method.profile()},
		Status:           status(mss.StatusRequestOK),
	}
	if !q.synch {
		if tx.authURI != "" {
			addResponses(&resp.Status, tx.app2app(tx.person.ack()))
		}
		return s.forgeResp(tx, tx.person.ack(), resp), nil
	}
	if err := s.await(ctx, &tx.appointment); err != nil {
		return answer{}, err
	}
	o := tx.outcome(s.ended(tx))
	if o.fault != nil {
		return answer{fault: o.fault, forge: tx.person.Forge}, nil
	}
	resp.Signature, resp.Status = o.signature, o.status
	return s.forgeResp(tx, tx.person.Forge, resp), nil
}

// forgeResp forges what only MSS_SignatureResp carries, and the echo.
func (s *Server) forgeResp(tx *transaction, f Forge, resp *etsi.SignatureResp) answer {
	switch f {
	case ForgeProfile:
		resp.SignatureProfile.MssURI = (SIM + App - tx.method).profile()
	case ForgeMSSPTransID:
		resp.MSSPTransID = s.another(tx)
	}
	f.echo(&resp.MessageAbstract, &resp.MobileUser)
	return answer{message: resp, forge: f}
}

// outcome is what a transaction has come to: a fault, or a status with or without signature.
type outcome struct {
	fault     *etsi.Fault
	signature *etsi.Signature
	status    etsi.Status
}

// outcome makes the outcome of a transaction that has ended with a fault code, or with a signature (0).
func (tx *transaction) outcome(code mss.Code) outcome {
	if code == 0 && tx.person.Forge == ForgeFault200 {
		code = mss.UserCancel
	}
	if code != 0 {
		return outcome{fault: refuseUser(code, tx.msisdn)}
	}
	cms, err := tx.cms()
	if err != nil {
		return outcome{fault: refuse(mss.InternalError, err.Error())}
	}
	o := outcome{status: status(tx.success()), signature: &etsi.Signature{Base64Signature: cms}}
	if tx.person.Forge == ForgeNoSignature {
		o.signature = nil
	}
	addResponses(&o.status, tx.serviceResponses()...)
	return o
}

// success is the status of a signature: whether the service has validated it depends on the service being asked for.
func (tx *transaction) success() mss.Code {
	switch {
	case tx.person.Forge == ForgeStatus503:
		return mss.StatusInvalidSignature
	case tx.services.ask(serviceValidate):
		return mss.StatusValidSignature
	}
	return mss.StatusSignature
}
