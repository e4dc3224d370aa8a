// Command mss asks a person to sign on their phone through an ETSI TS 102 204 Mobile Signature Service, verifies
// signatures offline, replays recorded scenarios and runs a simulated service. docs/cli.md is its manual.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Environ())
	stop()
	os.Exit(code)
}

// app is what a command has of the world around it.
type app struct {
	ctx            context.Context
	stdin          io.Reader
	stdout, stderr io.Writer
	env            []string // as os.Environ returns it
}

// commands is the grammar of the command line. The tags are part of the help.
type commands struct {
	Sign       signCmd       `cmd:"" help:"Ask a person to sign, wait, and verify the answer."`
	Status     statusCmd     `cmd:"" help:"Ask what became of a request that sign --no-wait has made."`
	Enroll     enrollCmd     `cmd:"" help:"Enrol a person's device, so that they can sign (hermod)."`
	Receipt    receiptCmd    `cmd:"" help:"Tell a person the outcome of what they have signed."`
	Profile    profileCmd    `cmd:"" help:"Ask what a person can sign with."`
	Health     healthCmd     `cmd:"" help:"Ask whether the service works."`
	Verify     verifyCmds    `cmd:"" help:"Verify what was signed, offline."`
	Replay     replayCmd     `cmd:"" help:"Run recorded scenarios and compare what comes out."`
	Simulate   simulateCmd   `cmd:"" help:"Run simulators of all providers, with phones, on this machine."`
	Demo       demoCmd       `cmd:"" help:"Run a sample relying party with the phones of its customers."`
	Config     configCmd     `cmd:"" help:"Write and check configurations."`
	Cert       certCmd       `cmd:"" help:"Make and show client certificates."`
	Trust      trustCmd      `cmd:"" help:"List, check and download CA certificates."`
	Registrant registrantCmd `cmd:"" help:"Log in to the Estonian registrant API, and see and lock a person's .ee domains."`
	Serial     serialCmd     `cmd:"" help:"Show and change the serial numbers that accounts are bound to."`
	Completion completionCmd `cmd:"" help:"Print a completion script for a shell."`
	Man        manCmd        `cmd:"" help:"Write the manual pages."`
	Version    versionCmd    `cmd:"" help:"Print the version."`
	Help       helpCmd       `cmd:"" help:"Explain a command."`
}

const description = `Asks people to sign on their phones: ETSI TS 102 204 mobile signatures.

Exit codes: 0 signed and verified; 1 a replayed scenario differs; 2 usage or configuration; 3 fault from the service, or
the person did not sign; 4 verification failed; 5 transport, interrupted or outcome unknown; 6 not answered yet.`

// run is the whole command. It returns the exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, env []string) int {
	a := &app{ctx: ctx, stdin: stdin, stdout: stdout, stderr: stderr, env: env}
	parser, err := kong.New(new(commands),
		kong.Name("mss"),
		kong.Description(description),
		kong.Writers(stdout, stderr),
		kong.Help(printHelp),
		kong.ConfigureHelp(kong.HelpOptions{NoExpandSubcommands: true, WrapUpperBound: 100}),
		kong.Bind(a),
	)
	if err != nil {
		panic("mss: grammar of the command line: " + err.Error())
	}
	return a.execute(parser, args)
}

func (a *app) execute(parser *kong.Kong, args []string) int {
	parsed, err := parser.Parse(args)
	if err == nil {
		err = parsed.Run()
	} else if !errors.Is(err, errHelp) {
		err = parseError(err)
	}
	if err != nil && !isPrinted(err) {
		fmt.Fprintln(a.stderr, "mss: "+message(err))
	}
	return exitCode(err)
}

// errHelp ends the parsing of a command line that asks for help.
var errHelp = errors.New("help was printed")

func printHelp(o kong.HelpOptions, ctx *kong.Context) error {
	if err := kong.DefaultHelpPrinter(o, ctx); err != nil {
		return err
	}
	return errHelp
}

// helpCmd is --help for those who look for a command.
type helpCmd struct {
	Command []string `arg:"" optional:"" help:"Command to explain, such as sign, or cert new."`
}

func (c *helpCmd) Run(parser *kong.Kong) error {
	_, err := parser.Parse(append(c.Command, "--help"))
	if err != nil && !errors.Is(err, errHelp) {
		return usagef("there is no command of this name; see mss --help")
	}
	return err
}
