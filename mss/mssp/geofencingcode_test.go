package mssp_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/gomss/gomss/mss"
	"github.com/gomss/gomss/mss/catalogue"
	"github.com/gomss/gomss/mss/mssp"
	"github.com/stretchr/testify/require"
)

func TestGeofencingCode(t *testing.T) {
	t.Parallel()
	for code, want := range map[mssp.GeofencingCode][3]string{
		mssp.GeofencingAppOff:      {"geofencing 100: the person has turned geofencing off in the app", "geofencing.100", "geofencing.100"},
		mssp.GeofencingDeviceOff:   {"geofencing 105: location is turned off for the whole device", "geofencing.105", "geofencing.105"},
		mssp.GeofencingAppOutdated: {"geofencing 201: the app is too old for geofencing: the person must update it", "geofencing.201", "geofencing.201"},
		777:                        {"geofencing 777", "geofencing.777", "geofencing.777"},
		mssp.GeofencingNoAnswer:    {"geofencing: the service did not say where the phone is", "geofencing", "geofencing"},
		mssp.GeofencingUnreadable:  {"geofencing: the service's answer about the location cannot be read", "geofencing", "geofencing"},
	} {
		require.Equal(t, want[0], code.Error())
		require.Equal(t, want[1], code.MessageKey())
		require.Equal(t, want[2], catalogue.Key(fmt.Errorf("wrapped: %w", code)))
	}
	require.False(t, errors.Is(mssp.GeofencingDeviceOff, mss.UnknownClient), "105 is also a fault code, of another meaning")
}

// TestGeofencingCodesAreExplained knows every code of guide section 3.2.4.2.4.
func TestGeofencingCodesAreExplained(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, n := range []int{100, 101, 102, 103, 104, 105, 106, 120, 121, 122, 123, 200, 201} {
		text := mssp.GeofencingCode(n).Error()
		require.Contains(t, text, fmt.Sprintf("geofencing %d: ", n))
		require.False(t, seen[text])
		seen[text] = true
	}
}
