package main

import (
	"fmt"
	"runtime/debug"
)

// versionCmd prints what the Go toolchain has recorded in the binary.
type versionCmd struct{}

func (*versionCmd) Run(a *app) error {
	version, toolchain := "(devel)", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		toolchain = info.GoVersion
		if info.Main.Version != "" {
			version = info.Main.Version
		}
	}
	_, err := fmt.Fprintf(a.stdout, "mss %s %s\n", version, toolchain)
	return err
}
