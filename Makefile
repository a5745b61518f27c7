# dtheap: what can be made. `make help` lists it.

SWIFT   ?= swift
PREFIX  ?= /usr/local
DESTDIR ?=
SECONDS ?= 600
COUNT   ?= 40
SEED    ?= 1
# Arguments for the scripts, for example: make conformance ARGS="--sample 1/10 --jobs 4"
ARGS    ?=

# A binary that is not position-independent starts faster; the static standard library makes it run anywhere.
RELEASE := -c release --static-swift-stdlib -Xlinker -no-pie
DTHEAP  := .build/release/dtheap
# The random sequences see inside the model, so that they are built with what tests see.
SEQUENCES := Fuzz/Sequences/.build/release/sequences

.DEFAULT_GOAL := help
.PHONY: help build demo test install corpus conformance conformance-bindings conformance-boot survey bench \
        bench-bindings bench-lint fuzz sequences sanitize format docs clean \
        needed-build needed-test needed-install needed-corpus needed-peer needed-boot needed-page \
        built-sequences

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-21s %s\n", $$1, $$2 }' Makefile

build: needed-build ## the release binary, .build/release/dtheap
	$(SWIFT) build $(RELEASE) --product dtheap

demo: build ## the main job on the shipped examples: lint, map, generate, plan
	scripts/demo $(DTHEAP)

test: needed-build needed-test ## build and run all tests
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build

install: build needed-install ## binary, manual page and completions under PREFIX (/usr/local)
	scripts/install $(DTHEAP) "$(DESTDIR)$(PREFIX)"

corpus: needed-corpus ## unpack and preprocess the boards of Debian's linux-source-6.1 (once)
	scripts/corpus.py $(ARGS)

conformance: build built-sequences needed-corpus needed-page ## byte for byte against dtc; pages, sequences of allocations
	scripts/conformance.py --dtheap $(DTHEAP) $(ARGS)
	scripts/check-page --dtheap $(DTHEAP)
	$(SEQUENCES) 10000

conformance-bindings: build needed-corpus needed-peer ## nodes and properties with findings against dt-validate on boards
	scripts/conformance-bindings.py --dtheap $(DTHEAP) $(ARGS)

conformance-boot: build needed-boot ## COUNT random boards (40) from SEED, booted by real kernels in QEMU
	scripts/conformance-boot.py --dtheap $(DTHEAP) --count $(COUNT) --seed $(SEED) $(ARGS)

survey: build needed-corpus ## what lint says of the kernel's boards, by rule
	scripts/lint-survey.py --dtheap $(DTHEAP) $(ARGS)

bench: build needed-corpus ## CPU time and memory: against dtc in the same run, and of plans and traces
	Benchmarks/against-dtc.py --dtheap $(DTHEAP) $(ARGS)
	Benchmarks/plans.py --dtheap $(DTHEAP)

bench-bindings: build needed-corpus needed-peer ## CPU time and memory against dt-validate in the same run
	Benchmarks/against-dt-validate.py --dtheap $(DTHEAP) $(ARGS)

bench-lint: build needed-corpus ## CPU time and memory of lint against dtc in the same run
	Benchmarks/lint.py --dtheap $(DTHEAP) $(ARGS)

fuzz: needed-build ## libFuzzer on every kind of input, SECONDS each (600)
	scripts/fuzz --seconds $(SECONDS) $(ARGS)

sequences: COUNT = 100000
sequences: built-sequences ## COUNT random sequences of allocations (100000) a kind of heap, checked after every step
	$(SEQUENCES) $(COUNT)

sanitize: needed-build needed-test ## all tests under the address sanitizer, then under the thread sanitizer
	ASAN_OPTIONS=detect_leaks=0 $(SWIFT) test --sanitize=address --scratch-path .build/address
	$(SWIFT) test --sanitize=thread --scratch-path .build/thread

format: ## format all Swift sources in place
	$(SWIFT) format --in-place --parallel --recursive Package.swift Sources Tests Fuzz

docs: needed-build ## the documentation of every library, in .build/docs
	scripts/docs .build/docs

clean: ## remove everything that was built (the corpus stays in its cache)
	rm -rf .build Fuzz/.build Fuzz/Sequences/.build Benchmarks/.build

built-sequences: needed-build
	$(SWIFT) build --package-path Fuzz/Sequences -c release -Xswiftc -enable-testing

needed-build:
	@scripts/install-needed build

needed-test:
	@scripts/install-needed test
	@python3 scripts/check-sarif --install || echo "check-sarif: skipped, there is no python3"

needed-install:
	@scripts/install-needed install

needed-corpus:
	@scripts/install-needed corpus

needed-peer:
	@scripts/install-needed peer

needed-boot:
	@scripts/install-needed boot

needed-page:
	@scripts/install-needed page
