# Two targets matter to a newcomer: `make demo` and `make test`. Both set up all they need, in .venv.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
JS     := tests/interop/js
PAGE   := tests/browser
SDKS   := tests/interop/sdks
NODE   := benchmarks/node
BUILT  := $(CURDIR)/$(SDKS)/.cache
JOBS   ?= $(shell expr $$(nproc 2>/dev/null || echo 2) + 1)

.PHONY: demo page core core-test test wide growth stores nodes load engines clients browser screenshots calendar lint mutate twins fuzz bench fixtures docs man search lock clean
.DELETE_ON_ERROR:
# Without its bytecode every process that a test starts would compile all modules again, and pytest rewrite every test.
unexport PYTHONDONTWRITEBYTECODE

demo: $(VENV)/.base
	@$(BIN)/federation demo

page: $(VENV)/.page  ## the page in a browser, on the account of fixtures/
	@$(BIN)/federation page --account fixtures/account $(if $(PORT),--port $(PORT))

core: $(VENV)/.base  ## the fast engine, built by cargo and installed; where there is no cargo, nothing
	@if command -v cargo >/dev/null; then $(MAKE) --no-print-directory $(VENV)/.core; else echo "The fast engine is not built: there is no cargo."; fi

core-test: core  ## the tests of the crate itself, and its lint
	@if command -v cargo >/dev/null; then cd core && cargo fmt --check && cargo clippy --quiet --locked --all-targets -- -D warnings && cargo test --quiet --locked; \
	else echo "The crate is not tested: there is no cargo."; fi

test: $(VENV)/.dev $(if $(AREA),,$(if $(shell command -v npm),$(JS)/node_modules/.package-lock.json))  ## all tests, or those of AREA="name …"
	$(if $(AREA),paths="$$($(BIN)/python -m tests.areas $(AREA))" && )$(BIN)/pytest -n $(JOBS) --dist worksteal -m "not long and not lint and not clients and not browser and not growth and not stores and not nodes and not engines and not twins and not site and not release and not wide" $(if $(AREA),$$paths)

wide: $(VENV)/.dev $(if $(shell command -v npm),$(JS)/node_modules/.package-lock.json)  ## what `make test` shows of some, of all: the gallery by every verb, samples and mutants by both engines, pages followed
	$(BIN)/pytest -n $(JOBS) --dist worksteal -m wide tests/cli tests/corpus/test_corpora_saml.py tests/docs/test_server_page.py tests/interop tests/twins tests/unit/explaining

growth: $(VENV)/.dev  ## what an input costs beside a larger one, measured while nothing else runs
	$(BIN)/pytest -q -m "growth and not long" tests/attacks tests/unit tests/interop

stores: $(VENV)/.dev  ## states that several machines share, on servers of Redis and PostgreSQL that the tests start
	$(BIN)/pytest -n 2 --dist loadfile -m stores --durations=5 tests/unit/state tests/interop tests/cli

engines: $(VENV)/.engines  ## bulk judging under Ray and Spark, beside this machine; TOKENS=n
	$(if $(TOKENS),TOKENS=$(TOKENS) )$(BIN)/pytest -q -s -m engines tests/engines

nodes: $(VENV)/.dev  ## two servers in network namespaces behind nginx: restarts, kills, rotations, and two minutes of load with faults
	$(BIN)/pytest -q -m nodes --durations=5 tests/nodes

load: $(VENV)/.dev  ## MINUTES=n (60) of mixed traffic on two such servers at 80 % of what they can do, with a fault each minute
	$(BIN)/python -m tests.nodes $(if $(filter command%,$(origin MINUTES)),$(MINUTES),60)

clients: $(VENV)/.dev $(if $(shell command -v go),$(BUILT)/go-call) $(if $(shell command -v mvn),$(BUILT)/java/.built)  ## AWS SDKs for Go and Java, AWS CLI v2
	$(BIN)/pytest -m clients --durations=5 tests/interop/test_sdks.py tests/interop/test_iam_clients.py

$(BUILT)/go-call: $(wildcard $(SDKS)/go/*)
	cd $(SDKS)/go && export GOMODCACHE=$(BUILT)/go-mod GOCACHE=$(BUILT)/go-build GOFLAGS="-mod=readonly -modcacherw" && \
	if go mod download; then go build -o $@ .; else echo "The tests of the SDK for Go will be skipped: its modules cannot be had."; fi

browser: $(VENV)/.dev $(if $(shell command -v npm),$(PAGE)/node_modules/.package-lock.json)  ## the page in Debian's chromium, and the types of its script
	$(BIN)/pytest -n 2 --dist worksteal -m browser --durations=5 tests/browser

screenshots: $(VENV)/.dev  ## docs/images/page-*.png, by Debian's chromium and pngquant
	$(BIN)/python -m tests.browser.screenshots

MAVEN := mvn --quiet --batch-mode --strict-checksums -Dmaven.repo.local=$(BUILT)/m2
$(BUILT)/java/.built: $(SDKS)/java/pom.xml $(SDKS)/java/jars.sha256 $(wildcard $(SDKS)/java/src/main/java/*)
	@cd $(SDKS)/java && if $(MAVEN) dependency:copy-dependencies -DoutputDirectory=$(BUILT)/java/jars -DincludeScope=runtime; then \
	(cd $(BUILT)/java/jars && sha256sum --quiet --strict -c $(CURDIR)/$(SDKS)/java/jars.sha256) && $(MAVEN) compile && touch $@; \
	else echo "The tests of the SDK for Java will be skipped: its artifacts cannot be had."; fi

calendar: $(VENV)/.dev  ## the whole suite in other years, or in YEARS="n …" from now: no test may depend on today's date
	$(BIN)/python -m tests.calendar $(YEARS)

search: $(VENV)/.dev  ## a thousand examples of each property, and the tests that take minutes
	$(BIN)/pytest -n $(JOBS) -m "not long" --hypothesis-profile=search tests/property tests/differential
	$(BIN)/pytest -m long

MUTANTS_OF_TWINS = $(or $(MUTANTS),100000)
twins: $(VENV)/.dev core  ## the JDK beside libxmlsec; MUTANTS=n of signed responses by both engines, one of five hundred signed again by either; SEED=s
	$(BIN)/pytest -q -m twins tests/differential
	@if [ -f $(VENV)/.core ]; then \
	$(BIN)/python -m tests.twins --mutants $(MUTANTS_OF_TWINS) --resigned $$(( $(MUTANTS_OF_TWINS) / 500 )) $(if $(SEED),--seed $(SEED)); \
	else echo "The engines are not compared: the fast one is not built."; fi

MINUTES ?= 5
FUZZED  := core/fuzz/corpus/propose
FOUND   := core/fuzz/found
fuzz: $(VENV)/.dev core  ## MINUTES=n of each fuzzer that can run here; what it finds new is in core/fuzz/found
	@mkdir -p $(FOUND)
	@if cargo fuzz --version >/dev/null 2>&1 && cargo +nightly --version >/dev/null 2>&1; then \
	cd core && cargo +nightly fuzz run propose fuzz/found fuzz/corpus/propose -- -max_total_time=$$(( $(MINUTES) * 60 )) -max_len=16384 -rss_limit_mb=512 -malloc_limit_mb=64 -timeout=10; \
	else echo "The crate is not fuzzed: cargo-fuzz and a nightly toolchain are not both installed."; fi
	@if $(BIN)/python -c "import atheris" 2>/dev/null || $(BIN)/pip install --quiet "atheris>=3,<4"; then \
	$(BIN)/python -m tests.fuzz -max_total_time=$$(( $(MINUTES) * 60 )) -max_len=16384 -timeout=20 $(FOUND) $(FUZZED) || [ $$? -eq 2 ]; \
	else echo "The engines are not fuzzed beside each other: atheris cannot be installed."; fi

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -q -m lint tests/unit/test_layers.py tests/unit/test_texts.py tests/unit/test_docstrings.py tests/unit/test_words.py tests/docs/test_types.py tests/docs/test_checks_page.py tests/docs/test_generated.py

mutate: $(VENV)/.dev  ## small faults in the modules that check: MUTANTS=n per package, SEED=s, PACKAGE=name
	$(BIN)/python -m tests.mutation $(if $(MUTANTS),--mutants $(MUTANTS)) $(if $(SEED),--seed $(SEED)) $(foreach name,$(PACKAGE),--package $(name))

bench: core $(VENV)/.bench $(if $(shell command -v npm),$(NODE)/node_modules/.package-lock.json)  ## every table beside its peers, in less than five minutes; ONLY="name …"
	$(BIN)/python -m benchmarks --docs $(ONLY)

fixtures: $(VENV)/.dev  ## regenerate fixtures/; the diff must be empty
	$(BIN)/python fixtures/build.py

docs: $(VENV)/.docs  ## regenerate the generated pages of docs/, build the site in site/ and check it
	$(BIN)/python docs/build.py
	PYTHONPATH=. NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict
	$(BIN)/pytest -q -m site tests/docs/test_site.py

man: $(VENV)/.dev  ## the manual pages, in man/
	$(BIN)/python -m docs.building.manual man

release: $(VENV)/.release $(VENV)/.engines core  ## dist/, built twice and checked; VERSION=x.y.z: refused where package or changelog say another; UPLOAD=1: for an index
	$(BIN)/python -m release $(if $(VERSION),--version "$(VERSION)") $(if $(UPLOAD),--upload)
	@if [ -f $(VENV)/.core ]; then \
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/maturin build --quiet --release --sdist --manifest-path core/Cargo.toml --out dist/core && \
	$(BIN)/twine --no-color check --strict dist/core/*; else echo "The fast engine is not built: there is no cargo."; fi
	$(BIN)/pytest -q -m release tests/release

# Ray and Spark are large: `make engines` alone installs them. The locks leave the fast engine out: `make core` builds it.
SMALL := $(foreach extra,server report otel redis postgresql arrow hcl testing fuzzing,--extra $(extra))
LOCK := $(BIN)/uv pip compile --quiet --generate-hashes --no-header --no-emit-index-url --no-emit-package sts-federation-core --universal --python-version 3.11
lock: $(VENV)/.dev
	$(LOCK) pyproject.toml -o requirements/base.txt
	$(LOCK) $(SMALL) --group dev pyproject.toml -o requirements/dev.txt
	$(LOCK) --extra server -c requirements/dev.txt pyproject.toml -o requirements/server.txt
	$(LOCK) --extra server --extra postgresql --extra redis --extra otel -c requirements/dev.txt pyproject.toml -o requirements/container.txt
	$(LOCK) --group bench -c requirements/dev.txt pyproject.toml -o requirements/bench.txt
	$(LOCK) $(SMALL) --group docs -c requirements/dev.txt pyproject.toml -o requirements/docs.txt
	$(LOCK) --extra ray --extra spark -c requirements/dev.txt pyproject.toml -o requirements/engines.txt
	$(LOCK) --group release -c requirements/dev.txt pyproject.toml -o requirements/release.txt
	$(LOCK) --group core -o requirements/core.txt

$(VENV)/bin/pip:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.base: $(VENV)/bin/pip requirements/base.txt pyproject.toml
	$(BIN)/pip install --quiet --require-hashes -r requirements/base.txt
	$(BIN)/pip install --quiet --no-deps -e .
	@touch $@

$(VENV)/.core: requirements/core.txt core/Cargo.toml core/Cargo.lock core/pyproject.toml $(wildcard core/src/*.rs)
	$(BIN)/pip install --quiet --require-hashes -r requirements/core.txt
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/pip install --quiet --no-deps --no-build-isolation --force-reinstall ./core
	@touch $@

# The base with what the extra `server` needs, in the versions of the lock.
$(VENV)/.page: $(VENV)/.base requirements/server.txt
	$(BIN)/pip install --quiet --require-hashes -r requirements/server.txt
	@touch $@

$(VENV)/.dev: $(VENV)/bin/pip requirements/dev.txt pyproject.toml
	$(BIN)/pip install --quiet --require-hashes -r requirements/dev.txt
	$(BIN)/pip install --quiet --no-deps -e .
	@touch $@ $(VENV)/.base

# Peers that cannot be installed here are skipped by name in the tables.
$(VENV)/.bench: $(VENV)/.dev requirements/bench.txt
	@$(BIN)/pip install --quiet --require-hashes -r requirements/bench.txt || echo "Peers that are missing will be skipped."
	@touch $@

# Ray and Spark; the latter needs Java when it runs.
$(VENV)/.engines: $(VENV)/.dev requirements/engines.txt
	@$(BIN)/pip install --quiet --require-hashes -r requirements/engines.txt || echo "Engines that are missing will be skipped."
	@touch $@

$(VENV)/.docs: $(VENV)/.dev requirements/docs.txt
	$(BIN)/pip install --quiet --require-hashes -r requirements/docs.txt
	@touch $@

$(VENV)/.release: $(VENV)/.dev requirements/release.txt
	$(BIN)/pip install --quiet --require-hashes -r requirements/release.txt
	@touch $@

$(JS)/node_modules/.package-lock.json: $(JS)/package-lock.json
	@npm ci --prefix $(JS) --ignore-scripts --no-audit --no-fund --loglevel=error || echo "The tests of the JavaScript SDK will be skipped."

$(PAGE)/node_modules/.package-lock.json: $(PAGE)/package-lock.json
	@npm ci --prefix $(PAGE) --ignore-scripts --no-audit --no-fund --loglevel=error || echo "The types of the page's script will not be checked."

$(NODE)/node_modules/.package-lock.json: $(NODE)/package-lock.json
	@npm ci --prefix $(NODE) --ignore-scripts --no-audit --no-fund --loglevel=error || echo "The peers on Node will be skipped."

clean:
	rm -rf site core/target core/fuzz/target core/fuzz/found core/fuzz/artifacts $(VENV) $(JS)/node_modules $(PAGE)/node_modules $(NODE)/node_modules $(BUILT) .mypy_cache .ruff_cache .pytest_cache .hypothesis
