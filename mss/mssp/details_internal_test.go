package mssp

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gomss/gomss/etsi"
	"github.com/gomss/gomss/mss"
	"github.com/stretchr/testify/require"
)

// statusWith is a status with the answers of additional services, one each.
func statusWith(items ...etsi.FiServiceResponseItem) etsi.Status {
	list := new(etsi.FiServiceResponses)
	for _, item := range items {
		list.ServiceResponse = append(list.ServiceResponse, etsi.FiServiceResponse{Items: []etsi.FiServiceResponseItem{item}})
	}
	return etsi.Status{StatusDetail: &etsi.StatusDetail{Items: []etsi.StatusDetailItem{{ServiceResponses: list}}}}
}

func subscriber(pairs ...string) etsi.FiServiceResponseItem {
	info := new(etsi.AsSubscriberInfo)
	for i := 0; i < len(pairs); i += 2 {
		info.Detail = append(info.Detail, etsi.AsSubscriberDetail{Id: pairs[i], Value: pairs[i+1]})
	}
	return etsi.FiServiceResponseItem{SubscriberInfo: info}
}

// TestLocationFailsClosed holds answers against a request with a policy and a bare one. Whatever is wrong with the answer
// fails the first and is told by the second.
func TestLocationFailsClosed(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	located := func(change func(*etsi.AsGeoFencing)) etsi.FiServiceResponseItem {
		return etsi.FiServiceResponseItem{GeoFencing: geoFencing(change)}
	}
	policy := (&LocationPolicy{Allow: []string{"CH", "LI"}, MinLocationConfidence: 0.7, MaxAge: time.Minute, MaxAccuracy: 16}).stored()
	for name, tt := range map[string]struct {
		status etsi.Status
		bare   GeofencingCode
		policy error // that what the policy demands wraps; nil: satisfied
	}{
		"satisfied":      {statusWith(located(nil)), 0, nil},
		"beside another": {statusWith(subscriber("1901", "22801"), located(nil)), 0, nil},
		"no detail":      {etsi.Status{}, GeofencingNoAnswer, GeofencingNoAnswer},
		"empty detail":   {etsi.Status{StatusDetail: &etsi.StatusDetail{}}, GeofencingNoAnswer, GeofencingNoAnswer},
		"no answer":      {statusWith(), GeofencingNoAnswer, GeofencingNoAnswer},
		"other answer":   {statusWith(subscriber()), GeofencingNoAnswer, GeofencingNoAnswer},
		"twice":          {statusWith(located(nil), located(nil)), GeofencingUnreadable, GeofencingUnreadable},
		"twice, apart": {
			etsi.Status{StatusDetail: &etsi.StatusDetail{Items: slices.Concat(
				statusWith(located(nil)).StatusDetail.Items, statusWith(located(nil)).StatusDetail.Items)}},
			GeofencingUnreadable, GeofencingUnreadable,
		},
		"twice, one of none": {statusWith(located(nil), located(func(g *etsi.AsGeoFencing) { g.Errorcode = new("100") })), GeofencingUnreadable, GeofencingUnreadable},
		"error":              {statusWith(located(func(g *etsi.AsGeoFencing) { *g = etsi.AsGeoFencing{Errorcode: new("123")} })), GeofencingForeignSIM, GeofencingForeignSIM},
		"malformed":          {statusWith(located(func(g *etsi.AsGeoFencing) { g.Accuracy = new("NaN") })), GeofencingUnreadable, GeofencingUnreadable},
		"other country":      {statusWith(located(func(g *etsi.AsGeoFencing) { g.Country = new("DE") })), 0, mss.GeofencingViolation},
		"no confidence":      {statusWith(located(func(g *etsi.AsGeoFencing) { g.Locationconfidence = nil })), 0, mss.GeofencingViolation},
		"no time":            {statusWith(located(func(g *etsi.AsGeoFencing) { g.Timestamp = nil })), 0, mss.GeofencingViolation},
		"no accuracy":        {statusWith(located(func(g *etsi.AsGeoFencing) { g.Accuracy = nil })), 0, mss.GeofencingViolation},
		"inaccurate":         {statusWith(located(func(g *etsi.AsGeoFencing) { g.Accuracy = new("16.5") })), 0, mss.GeofencingViolation},
	} {
		bare := state{Geofencing: true}
		d, err := newDetails(tt.status, bare)
		require.NoError(t, err, name)
		require.NoError(t, bare.checkLocation(d, at), name)
		require.Equal(t, tt.bare, d.LocationError, name)
		require.Equal(t, tt.bare == 0, d.Location != nil, "%s: a location or an error", name)

		strict := state{Geofencing: true, Policy: policy}
		d, err = newDetails(tt.status, strict)
		if err == nil {
			err = strict.checkLocation(d, at)
		}
		if tt.policy == nil {
			require.NoError(t, err, name)
			continue
		}
		require.ErrorIs(t, err, tt.policy, name)
	}
	forgotten := state{Policy: policy}
	d, err := newDetails(statusWith(located(nil)), forgotten)
	require.NoError(t, err)
	require.ErrorIs(t, forgotten.checkLocation(d, at), GeofencingNoAnswer, "a policy without a question is not satisfied")
}

func TestNothingAskedNoDetails(t *testing.T) {
	t.Parallel()
	d, err := newDetails(statusWith(etsi.FiServiceResponseItem{GeoFencing: geoFencing(nil)}, subscriber("1901", "22801")), state{})
	require.NoError(t, err)
	require.Nil(t, d)
	require.Nil(t, d.orNil(), "no nil pointer in an interface")
	require.IsType(t, &Details{}, new(Details).orNil())
}

func TestSubscriber(t *testing.T) {
	t.Parallel()
	many := make([]string, 200)
	for i := range many {
		many[i] = "x"
	}
	long := strings.Repeat("1", 201)
	for name, tt := range map[string]struct {
		status  etsi.Status
		pairs   int
		network string
	}{
		"network":       {statusWith(subscriber("1901", "22801", "7", "x")), 2, "22801"},
		"six digits":    {statusWith(subscriber("1901", "310410")), 1, "310410"},
		"unknown":       {statusWith(subscriber("1901", "unknown")), 1, ""},
		"too short":     {statusWith(subscriber("1901", "228")), 1, ""},
		"twice":         {statusWith(subscriber("1901", "22801"), subscriber("1901", "22802")), 2, ""},
		"none":          {statusWith(), 0, ""},
		"many":          {statusWith(subscriber(many...)), 32, ""},
		"long":          {statusWith(subscriber(long, "x", "x", long, "1901", long)), 0, ""},
		"with location": {statusWith(subscriber("1901", "22801"), etsi.FiServiceResponseItem{GeoFencing: geoFencing(nil)}), 1, "22801"},
	} {
		d, err := newDetails(tt.status, state{Subscriber: true})
		require.NoError(t, err)
		require.Len(t, d.Subscriber, tt.pairs, name)
		require.Equal(t, tt.network, d.Network, name)
		require.Nil(t, d.Location, "was not asked for")
		require.Zero(t, d.LocationError)
	}
}

// TestPolicyInState stores policies and reads them again.
func TestPolicyInState(t *testing.T) {
	t.Parallel()
	for _, p := range []*LocationPolicy{
		{Allow: []string{"CH", "LI"}, Deny: []string{"KP"}, MinDeviceConfidence: 0.5, MinLocationConfidence: 0.7071, MaxAge: 90 * time.Minute, MaxAccuracy: 1_000_000},
		{Deny: []string{"GB"}},
		{MaxAge: 7 * 24 * time.Hour},
		{Allow: strings.Fields(countries)},
	} {
		require.NoError(t, p.check())
		st := state{Digest: make([]byte, 32), Geofencing: true, Policy: p.stored()}
		back, err := decodeState(&mss.Transaction{State: st.encode()})
		require.NoError(t, err)
		require.Equal(t, p, back.Policy.policy())
		require.Less(t, len(st.encode()), 700, "a sealed handle has 4096 octets")
	}
	for _, broken := range []*storedPolicy{{}, {Allow: "CHL"}, {Deny: "xx"}, {Device: 2}, {Minutes: -1}, {Minutes: 1 << 40}, {Metres: -1}} {
		err := broken.policy().Check(&Location{Country: "CH", DeviceConfidence: 1, LocationConfidence: 1}, time.Now())
		require.Error(t, err)
		require.False(t, errors.Is(err, mss.GeofencingViolation), "%+v", broken)
	}
}
