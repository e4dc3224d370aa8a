package mssp

import (
	"time"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/xmlwire"
)

// Messaging modes of MSS_SignatureReq (TS 102 204 clause 8.2).
const (
	modeSync  = "synch"
	modeAsync = "asynchClientServer"
)

// signatureReq builds MSS_SignatureReq (TS 102 204 clause 8.2, guide section 3.2).
func (c *Client) signatureReq(q *question, mode string, now time.Time) *etsi.SignatureReq {
	return &etsi.SignatureReq{
		MessageAbstract: c.abstract(q.transID, c.wire.Signature, now),
		MessagingMode:   mode,
		TimeOut:         new(xmlwire.IntegerOf(int(q.timeout / time.Second))),
		MobileUser:      etsi.MobileUser{MSISDN: new(q.user.Digits())},
		DataToBeSigned:  etsi.Data{MimeType: new(q.mimeType), Encoding: new("UTF-8"), Value: q.text},
		SignatureProfile: &etsi.MssURI{
			MssURI: q.profile,
		},
		AdditionalServices: &etsi.AdditionalServices{Service: c.services(q)},
	}
}

// statusReq builds MSS_StatusReq (TS 102 204 clause 8.4). Every poll is a message of its own, with its own AP_TransID.
func (c *Client) statusReq(queryID, msspTransID string, now time.Time) *etsi.StatusReq {
	return &etsi.StatusReq{
		MessageAbstract: c.abstract(queryID, c.wire.StatusQuery, now),
		MSSPTransID:     msspTransID,
	}
}

// abstract fills in what all messages have (MessageAbstractType, TS 102 204 clause 8.1).
func (c *Client) abstract(transID string, v Version, now time.Time) etsi.MessageAbstract {
	return etsi.MessageAbstract{
		APInfo: etsi.APInfo{
			APID:      c.account.APID,
			APPWD:     c.account.Password.Reveal(),
			APTransID: transID,
			Instant:   xmlwire.DateTime{Time: now},
		},
		MSSPInfo:     etsi.MSSPInfo{MSSPID: etsi.MeshMember{URI: new(c.cfg.Dialect.MSSPID)}},
		MajorVersion: xmlwire.IntegerOf(v.Major),
		MinorVersion: xmlwire.IntegerOf(v.Minor),
	}
}
