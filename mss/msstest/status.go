package msstest

import (
	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/mss"
)

// statusQuery is the operation MSS_StatusQuery (TS 102 204 clause 8.4). An answer that is final can be fetched again for
// ten minutes. It names neither the transaction nor the profile. A spurious answer says that it is outstanding.
func (s *Server) statusQuery(req *etsi.StatusReq, spurious bool) answer {
	tx, code, outstanding, ok := s.find(req.MSSPTransID)
	if !ok {
		return answer{fault: refuse(mss.WrongParam, "MSSP_TransID is unknown")}
	}
	resp := &etsi.StatusResp{
		MessageAbstract: abstract(&req.MessageAbstract),
		MobileUser:      etsi.MobileUser{MSISDN: &tx.msisdn},
		Status:          status(mss.StatusOutstanding),
	}
	if outstanding || spurious {
		return answer{message: resp}
	}
	o := tx.outcome(code)
	if o.fault != nil {
		return answer{fault: o.fault, forge: tx.person.Forge}
	}
	resp.Signature, resp.Status = o.signature, o.status
	tx.person.Forge.echo(&resp.MessageAbstract, &resp.MobileUser)
	return answer{message: resp, forge: tx.person.Forge}
}
