package msstest

import (
	"bytes"
	"net/http"
	"slices"

	"github.com/gomss/gomss/etsi"
)

// vary rewrites an encoded answer in the ways that Options ask for.
func (o *Options) vary(body []byte, a answer, response string) []byte {
	const bodyTag = "<soapenv:Body>"
	head, tail, _ := bytes.Cut(body, []byte(bodyTag))
	if o.RPCResult && a.fault == nil {
		wrapper, message, _ := bytes.Cut(tail, []byte(">"))
		result := `><rpc:result xmlns:rpc="http://www.w3.org/2003/05/soap-rpc">mss:` + response + `</rpc:result>`
		tail = slices.Concat(wrapper, []byte(result), message)
	}
	if o.EmptyHeader {
		head = slices.Concat(head, []byte("<soapenv:Header/>"))
	}
	return slices.Concat(head, []byte(bodyTag), tail)
}

// echo forges what an answer repeats of the request.
func (f Forge) echo(m *etsi.MessageAbstract, user *etsi.MobileUser) {
	switch f {
	case ForgeTransID:
		m.APInfo.APTransID += "x"
	case ForgeAPID:
		m.APInfo.APID += "x"
	case ForgeMSISDN:
		user.MSISDN = new(otherNumber(*user.MSISDN))
	}
}

// otherNumber changes the last digit.
func otherNumber(msisdn string) string {
	last := len(msisdn) - 1
	return msisdn[:last] + string('0'+(msisdn[last]-'0'+1)%10)
}

// spoil forges the encoded answer.
func (f Forge) spoil(p *reply) *reply {
	switch f {
	case ForgeBase64:
		p.body = bytes.Replace(p.body, []byte("Base64Signature>"), []byte("Base64Signature>*!"), 1)
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
