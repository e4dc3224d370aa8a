# gomss: `make demo` shows it, `make test` checks everything.

STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
PACKAGES    = ./... ./mss/otelmss/... ./tools/...
# The race detector needs a C compiler.
RACE        = $(if $(shell command -v gcc),-race)
# Genuine captured data, not part of this project; without it the conformance tests skip.
CORPUS     ?= $(abspath ../shared/corpus)
FUZZTIME   ?= 3s
# The accessibility checker of the browser tests; npm fetches it.
AXE         = build/axe-core-4.14.1/axe.min.js
AXE_SHA256  = 29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c

.DEFAULT_GOAL := help

run: ## sign in the simulator: mutual TLS, SOAP, a phone that answers, a verified signature
	go run ./tools/mss sign --simulate --msisdn 41700092501 --lang en --mode async \
		--profile http://mid.swisscom.ch/Any-LoA4 --text "Bank ACME: log in?"

demo: ## all simulators, a page that plays the phones, and a site to log in to, at one address
	go run ./tools/mss demo

test: ## run all tests
	go test $(RACE) $(PACKAGES)

conformance: ## check genuine captured data (CORPUS=DIR)
	@test -d "$(CORPUS)" || { echo "no corpus at $(CORPUS): set CORPUS=DIR"; exit 2; }
	MSS_CORPUS="$(CORPUS)" go test -count=1 -run '^TestConformance' $(PACKAGES)

interop: ## compare with openssl, xmllint, xmlsec1, bash and man; the SQL store on PostgreSQL
	MSS_CORPUS="$(wildcard $(CORPUS))" go test -count=1 -tags interop -run 'Interop|XMLLint|OpenSSL|ConformanceToDER' $(PACKAGES)

browser-test: $(AXE) ## the demo in a headless Chromium, checked for accessibility; screenshots into build/screenshots
	AXE="$(abspath $(AXE))" go test -count=1 -parallel 4 -tags browser ./tools/internal/browsertest

screenshots: $(AXE) ## take the pictures of the documentation anew
	AXE="$(abspath $(AXE))" go test -count=1 -tags browser -run '^TestPictures$$' ./tools/internal/browsertest
	@mkdir -p docs/images
	cp build/screenshots/login.png build/screenshots/phone.png docs/images/

$(AXE):
	@rm -rf $(@D) && mkdir -p $(@D)
	cd $(@D) && npm pack --silent axe-core@4.14.1 && tar -xzf axe-core-4.14.1.tgz --strip-components=1 package/axe.min.js
	@echo "$(AXE_SHA256)  $@" | sha256sum -c - || { rm -f $@; exit 1; }

fuzz: ## fuzz every target for FUZZTIME
	FUZZTIME=$(FUZZTIME) tools/fuzz.sh $(PACKAGES)

bench: ## benchmarks, each beside its floor, with ratios
	go test -run '^$$' -bench . -benchmem ./...

cover: ## statement coverage of the library, without generated code; at least 90 %
	@mkdir -p build
	go test -count=1 -coverpkg=./mss/...,./transport/...,./adapters/...,./etsi,./internal/... -coverprofile=build/all.out ./... ./tools/internal/serialdb ./tools/internal/devicedb
	@grep -v '_gen\.go:' build/all.out > build/cover.out
	@go tool cover -func=build/cover.out | awk '/^total:/ { print; if ($$3 + 0 < 90) { print "below 90 %"; exit 1 } }'

lint: ## gofmt, go vet, staticcheck
	@out=$$(gofmt -l $$(git ls-files '*.go')); test -z "$$out" || { echo "gofmt would change:"; echo "$$out"; exit 1; }
	go vet $(PACKAGES)
	go vet -tags interop,browser $(PACKAGES)
	go run $(STATICCHECK) $(PACKAGES)

generate: ## generate etsi/ from wsdl/
	go generate $(PACKAGES)

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "%-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run demo browser-test screenshots test conformance interop fuzz bench cover lint generate help
