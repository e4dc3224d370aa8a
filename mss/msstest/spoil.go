package msstest

import (
	"net/http"
	"strings"

	"github.com/gomss/gomss/etsi"
)

// echo forges what an answer repeats of the request; answers without MobileUser have none to forge.
func (f Forge) echo(m *etsi.MessageAbstract, user *etsi.MobileUser) {
	switch {
	case f == ForgeTransID:
		m.APInfo.APTransID += "x"
	case f == ForgeAPID:
		m.APInfo.APID += "x"
	case f == ForgeMSISDN && user != nil:
		user.MSISDN = new(otherNumber(*user.MSISDN))
	}
}

// otherNumber changes the last digit.
func otherNumber(msisdn string) string {
	last := len(msisdn) - 1
	return msisdn[:last] + string('0'+(msisdn[last]-'0'+1)%10)
}

// location forges the answer of geofencing, where it is a location.
func (f Forge) location(g *etsi.AsGeoFencing) {
	switch {
	case g.Country == nil:
	case f == ForgeConfidence:
		g.Deviceconfidence, g.Locationconfidence = new("7"), new("7")
	case f == ForgeNaN:
		g.Deviceconfidence, g.Locationconfidence = new("NaN"), new("NaN")
	case f == ForgeAccuracy:
		g.Accuracy = new("-1")
	}
}

// authURI forges a link.
func (f Forge) authURI(uri string) string {
	_, query, _ := strings.Cut(uri, "?")
	switch f {
	case ForgeLinkHTTP:
		return "http://auth.example/?" + query
	case ForgeLinkScript:
		return "javascript:open('" + query + "')"
	}
	return uri
}

// receipt forges what is told of a receipt.
func (f Forge) receipt(x *etsi.ScoReceiptResponseExtension) {
	switch f {
	case ForgeReceiptUnheard:
		x.UserAck, x.UserResponse = new(false), new(`{"status":"OK"}`)
	case ForgeReceiptWord:
		x.UserResponse = new(`{"status":"FINE"}`)
	case ForgeReceiptText:
		x.UserResponse = new("OK")
	}
}

// spoil forges the reply.
func (f Forge) spoil(p *reply) *reply {
	switch f {
	case ForgeSuccess500:
		p.status = http.StatusInternalServerError
	case ForgeFault200:
		p.status = http.StatusOK
	case ForgeHTML502:
		return errorPage(http.StatusBadGateway)
	case ForgeHTML403:
		return errorPage(http.StatusForbidden)
	case ForgeTruncated:
		p.broken = true
	}
	return p
}

// errorPage is what a proxy puts in place of an answer.
func errorPage(status int) *reply {
	text := http.StatusText(status)
	return newReply(status, "text/html", []byte("<!DOCTYPE html>\n<html><head><title>"+text+"</title><body><h1>"+text+"</h1><hr>proxy\n"))
}
