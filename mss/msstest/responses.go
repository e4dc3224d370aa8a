package msstest

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"net/url"

	"github.com/gomss/gomss/etsi"
)

// serviceResponses makes the answers of additional services that go with a signature, in the order in which they were
// asked for. UserLang and validation have none.
func (tx *transaction) serviceResponses() []etsi.FiServiceResponse {
	var list []etsi.FiServiceResponse
	for _, uri := range tx.services.asked {
		switch uri {
		case serviceGeofencing:
			g := geoFencing(tx.location, tx.locationError, tx.due)
			tx.person.Forge.location(g)
			list = append(list, serviceResponse(uri, etsi.FiServiceResponseItem{GeoFencing: g}))
		case serviceSubscriberInfo:
			list = append(list, serviceResponse(uri, etsi.FiServiceResponseItem{SubscriberInfo: tx.person.Card.subscriber()}))
		}
	}
	return list
}

// subscriber is what the deprecated service SubscriberInfo tells: the network of the card.
func (c Card) subscriber() *etsi.AsSubscriberInfo {
	network := c.MCC + c.MNC
	if c == UnknownCard {
		network = "unknown"
	}
	return &etsi.AsSubscriberInfo{Detail: []etsi.AsSubscriberDetail{{Id: "1901", Value: network}}}
}

func serviceResponse(uri string, item etsi.FiServiceResponseItem) etsi.FiServiceResponse {
	return etsi.FiServiceResponse{Description: etsi.MssURI{MssURI: uri}, Items: []etsi.FiServiceResponseItem{item}}
}

// addResponses puts the answers of services where SOAP has them, which is inside StatusDetail.
func addResponses(s *etsi.Status, list ...etsi.FiServiceResponse) {
	if len(list) > 0 {
		addDetail(s, etsi.StatusDetailItem{ServiceResponses: &etsi.FiServiceResponses{ServiceResponse: list}})
	}
}

func addDetail(s *etsi.Status, item etsi.StatusDetailItem) {
	if s.StatusDetail == nil {
		s.StatusDetail = new(etsi.StatusDetail)
	}
	s.StatusDetail.Items = append(s.StatusDetail.Items, item)
}

// app2app is the answer of App2App, which comes with the acknowledgement (guide section 3.2.4.3).
func (tx *transaction) app2app(f Forge) etsi.FiServiceResponse {
	return serviceResponse(serviceApp2App, etsi.FiServiceResponseItem{App2App: &etsi.FiApp2App{AuthUri: new(f.authURI(tx.authURI))}})
}

// authURI is a link that opens the app for one transaction. Its token is a secret of the session.
func authURI(redirect, digits string, r *rand.Rand) string {
	id := sha256.Sum256([]byte("msstest user " + digits))
	token := make([]byte, 48)
	for i := range token {
		token[i] = tokenAlphabet[r.IntN(len(tokenAlphabet))]
	}
	return fmt.Sprintf("mobileid://auth?mobile_auth_redirect_uri=%s&session_token=%x-%s&user_id=%x-%x-%x-%x-%x",
		url.QueryEscape(redirect), id[:4], token, id[:4], id[4:6], id[6:8], id[8:10], id[10:16])
}

const tokenAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
