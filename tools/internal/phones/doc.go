// Package phones runs the simulators of all providers on the loopback interface, and plays the phones that they ring: a page
// shows what each device shows its owner, and a human decides what the owner does.
//
//	hub, err := phones.Start(phones.Options{Dir: dir})
//	…
//	fmt.Println(hub.URL()) // the page, with the token that opens it
//	defer hub.Close()
//
// A client reaches the simulators over real TLS, mutual where the provider has it so, with the certificates that Start has
// written into the directory. Nothing of it is ever believed outside the environment simulator.
//
// # Addresses
//
//	GET  /                            the handsets; with ?token=…, once, what lets a browser in
//	GET  /handsets/{id}               what of a handset changes, for the page's script
//	GET  /events                      server-sent events: which handset has changed, and that the history has grown
//	POST /handsets/{id}/{action}      presses a button, in a form
//	GET  /history                     every exchange, newest first
//	GET  /history/{n}                 one exchange, as it went over the wire
//	GET  /history/{n}/scenario        the signature that it belongs to, for mss replay (Mobile ID)
//	POST /misbehaviour/{service}      switches a service between good and bad days, in a form
//
// Under /api are the same things as JSON, for tests: docs/cli.md has them. Whoever has the token can do
// everything, and nobody else anything: pages want it in a cookie, the API in the header Authorization. Host must name the
// page's own address, and Origin, where a browser sends it, too.
package phones
