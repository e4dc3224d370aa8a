package mssp

import (
	"time"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/xmlwire"
)

const userLangService = "http://mss.ficom.fi/TS102204/v1.0.0#userLang"

// Messaging modes of MSS_SignatureReq (TS 102 204 clause 8.2).
const (
	modeSync  = "synch"
	modeAsync = "asynchClientServer"
)

// signatureReq builds MSS_SignatureReq (TS 102 204 clause 8.2, guide section 3.2).
func (c *Client) signatureReq(q *question, mode string, now time.Time) *etsi.SignatureReq {
	d := c.cfg.Dialect
	return &etsi.SignatureReq{
		MessageAbstract: c.abstract(q.transID, d.Signature, now),
		MessagingMode:   mode,
		TimeOut:         new(xmlwire.IntegerOf(int(q.timeout / time.Second))),
		MobileUser:      etsi.MobileUser{MSISDN: new(q.user.Digits())},
		DataToBeSigned:  etsi.Data{MimeType: new("text/plain"), Encoding: new("UTF-8"), Value: q.text},
		SignatureProfile: &etsi.MssURI{
			MssURI: q.profile,
		},
		AdditionalServices: &etsi.AdditionalServices{Service: []etsi.AdditionalService{{
			Description: etsi.MssURI{MssURI: userLangService},
			Items:       []etsi.AdditionalServiceItem{{UserLang: &etsi.FiUserLang{Value: q.language}}},
		}}},
	}
}

// statusReq builds MSS_StatusReq (TS 102 204 clause 8.4). Every poll is a message of its own, with its own AP_TransID.
func (c *Client) statusReq(queryID, msspTransID string, now time.Time) *etsi.StatusReq {
	return &etsi.StatusReq{
		MessageAbstract: c.abstract(queryID, c.cfg.Dialect.StatusQuery, now),
		MSSPTransID:     msspTransID,
	}
}

// abstract fills in what all messages have (MessageAbstractType, TS 102 204 clause 8.1).
func (c *Client) abstract(transID string, v Version, now time.Time) etsi.MessageAbstract {
	return etsi.MessageAbstract{
		APInfo: etsi.APInfo{
			APID:      c.cfg.APID,
			APPWD:     c.cfg.APPassword.Reveal(),
			APTransID: transID,
			Instant:   xmlwire.DateTime{Time: now},
		},
		MSSPInfo:     etsi.MSSPInfo{MSSPID: etsi.MeshMember{URI: new(c.cfg.Dialect.MSSPID)}},
		MajorVersion: xmlwire.IntegerOf(v.Major),
		MinorVersion: xmlwire.IntegerOf(v.Minor),
	}
}
