package msstest_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/internal/xmlwire"
	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/gomss/gomss/mss/msstest"
	"github.com/gomss/gomss/transport"
	"github.com/gomss/gomss/transport/rest"
	"github.com/gomss/gomss/transport/soap"
)

// One MSS_Signature over real mutual TLS, message by message. An application uses package mssp instead, which also
// verifies the signature.
func Example() {
	srv, err := msstest.Start(nil)
	if err != nil {
		log.Fatal(err)
	}
	defer srv.Close()
	srv.Script("+41790000001", msstest.Person{})

	client, err := transport.New(srv.HTTP())
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()

	english := etsi.AdditionalServiceItem{UserLang: &etsi.FiUserLang{Value: "EN"}}
	request := &etsi.SignatureReq{
		MessageAbstract: etsi.MessageAbstract{
			APInfo:       etsi.APInfo{APID: srv.APID(), APTransID: "T4711", Instant: xmlwire.DateTime{Time: time.Now()}},
			MajorVersion: "1", MinorVersion: "1",
		},
		MessagingMode:    etsi.MessagingModeSynch,
		MobileUser:       etsi.MobileUser{MSISDN: new("+41790000001")},
		DataToBeSigned:   etsi.Data{Value: srv.Prefix() + "Sign in to the shop?"},
		SignatureProfile: &etsi.MssURI{MssURI: "http://mid.swisscom.ch/STK-LoA4"},
		AdditionalServices: &etsi.AdditionalServices{Service: []etsi.AdditionalService{{
			Description: etsi.MssURI{MssURI: "http://mss.ficom.fi/TS102204/v1.0.0#userLang"},
			Items:       []etsi.AdditionalServiceItem{english},
		}}},
	}
	envelope, err := soap.AppendRequest(nil, etsi.OpSignature, soap.WSDLForm, request)
	if err != nil {
		log.Fatal(err)
	}
	reply, err := client.Do(context.Background(), &transport.Exchange{
		Path:        "/soap/services/MSS_SignaturePort",
		ContentType: "text/xml;charset=UTF-8",
		Body:        envelope,
		Prompts:     true,
	})
	if err != nil {
		log.Fatal(err)
	}
	var answer etsi.SignatureResp
	fault, err := soap.DecodeResponse(reply.Body, etsi.OpSignature, &answer)
	if err != nil || fault != nil {
		log.Fatal(err, fault)
	}
	fmt.Println(reply.Status, answer.APInfo.APTransID, answer.Status.StatusCode.Value, *answer.Status.StatusMessage)
	fmt.Println("signed:", answer.Signature != nil, "phones rung:", srv.Prompts())
	// Output:
	// 200 T4711 500 SIGNATURE
	// signed: true phones rung: 1
}

// A person whose SIM card is not active has an app, and what they can sign with is asked for in JSON. No phone rings.
func Example_profile() {
	srv, err := msstest.Start(nil)
	if err != nil {
		log.Fatal(err)
	}
	defer srv.Close()
	srv.Script("+41790000001", msstest.Person{Method: msstest.SIM | msstest.App, Inactive: msstest.SIM, RecoveryCode: true})

	client, err := transport.New(srv.HTTP())
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	request, err := rest.AppendRequest(nil, etsi.OpProfileQuery, &etsi.ProfileReq{
		MessageAbstract: etsi.MessageAbstract{
			APInfo:       etsi.APInfo{APID: srv.APID(), APTransID: "T4712", Instant: xmlwire.DateTime{Time: time.Now()}},
			MajorVersion: "2", MinorVersion: "0",
		},
		MobileUser: etsi.MobileUser{MSISDN: new("+41790000001")},
		Items:      []etsi.ProfileReqItem{{Params: []string{"sscds", "state", "rcstatus"}}},
	})
	if err != nil {
		log.Fatal(err)
	}
	reply, err := client.Do(context.Background(), &transport.Exchange{
		Path: "/rest/service/profile", ContentType: "application/json;charset=UTF-8", Accept: "application/json", Body: request,
	})
	if err != nil {
		log.Fatal(err)
	}
	var answer etsi.ProfileResp
	fault, err := rest.DecodeResponse(reply.Body, etsi.OpProfileQuery, &answer)
	if err != nil || fault != nil {
		log.Fatal(err, fault)
	}
	for _, p := range answer.SignatureProfile {
		fmt.Println(p.MssURI)
	}
	told := answer.Status.StatusDetail.Items[0].ProfileQueryExtension
	fmt.Println("SIM card", *told.Sscds.Sim.State, "app", *told.Sscds.App[0].State, "recovery code", *told.MobileUser.RecoveryCodeCreated)
	// Output:
	// http://mid.swisscom.ch/Any-LoA4
	// http://mid.swisscom.ch/Device-LoA4
	// SIM card INACTIVE app ACTIVE recovery code true
}

// A human decides while a client waits: here the reader of the phone's page is a line of the example.
func ExampleServer_Act() {
	srv, err := msstest.Start(nil)
	if err != nil {
		log.Fatal(err)
	}
	defer srv.Close()
	srv.Script("+41790000001", msstest.Person{Do: msstest.Ignore})
	client, err := mssp.New(mssp.Config{HTTP: srv.HTTP(), APID: srv.APID(), Prefix: srv.Prefix(), Anchors: srv.Anchors(),
		Defaults: mssp.Options{Profile: mssp.ProfileAny}})
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	number, err := mss.ParseMSISDN("+41790000001")
	if err != nil {
		log.Fatal(err)
	}

	tx, err := client.Start(context.Background(), &mss.Request{Purpose: mss.Authentication,
		User: mss.User{MSISDN: number}, Display: srv.Prefix() + "Log in?", Language: "en"})
	if err != nil {
		log.Fatal(err)
	}
	for _, o := range srv.Outstanding() {
		fmt.Println(o.Number, "shows", o.Text)
		fmt.Println("first:", srv.Act(o.ID, msstest.Sign), "second:", srv.Act(o.ID, msstest.Cancel))
	}
	status, err := client.Poll(context.Background(), tx, 0)
	if err != nil {
		log.Fatal(err)
	}
	sig, err := client.Verify(status.Evidence)
	fmt.Println(sig.Verified(), err)
	// Output:
	// +41790000001 shows Simulator: Log in?
	// first: true second: false
	// true <nil>
}
