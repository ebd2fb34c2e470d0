# The build, the tests and the checks. `make help` lists the targets.
#
# One Makefile, no recursion. The sources are compiled three times: for the product (musl,
# static), for the unit tests (`host`: the host's libc, because cmocka needs one) and with
# sanitizers (`asan`). The vendored libraries are compiled by our rules, with our flags, once
# for each variant.

VERSION := 0.1.0
CC      := gcc
B       := build
PREFIX  := /usr/local
DESTDIR :=
FUZZ_SECONDS := 60
JOBS    := $(shell nproc)
# make V=1 shows the commands.
V       :=
Q       := $(if $(V),,@)
say      = @$(if $(V),:,printf '%5s %s\n' '$(1)' '$(2)')
export LC_ALL := C
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all
.SUFFIXES:

PYTEST := /usr/bin/python3 -m pytest -q -c tests/e2e/pytest.ini
SRC    := $(sort $(wildcard src/main.c src/*/*.c))
LIBSRC := $(filter-out src/main.c,$(SRC))
HDR    := $(sort $(wildcard src/*/*.h src/*/*.def))
TESTS  := $(sort $(basename $(notdir $(wildcard tests/unit/test_*.c))))
FUZZ   := $(sort $(basename $(notdir $(wildcard tests/fuzz/fuzz_*.c))))

include vendor/vendor.mk

# -- flags -----------------------------------------------------------------------------------

WARN := -Wall -Wextra -Wshadow -Wcast-qual -Wmissing-prototypes -Wstrict-prototypes -Wvla \
        -Wformat=2 -Wundef -Wpointer-arith -Werror
# One path for every checkout, so that two clones give the same bytes.
COMMON := -std=gnu11 $(WARN) -Isrc -isystem $(INIH) -isystem $(BEARSSL)/inc $(INI_FLAGS) \
          -DAPP_VERSION='"$(VERSION)"' -ffile-prefix-map=$(CURDIR)=. -MMD -MP
takes = $(shell $(CC) -Werror $(1) -x c -c /dev/null -o /dev/null 2>/dev/null && echo $(1))
# _FORTIFY_SOURCE is not among them: it lives in the C library's headers, and musl has none.
HARDEN := -fPIE -fstack-protector-strong -fvisibility=hidden -ffunction-sections -fdata-sections \
          $(call takes,-fstack-clash-protection) $(call takes,-fcf-protection=full) \
          $(call takes,-ftrivial-auto-var-init=zero)
# Nothing here unwinds a stack: the tables for it would be a tenth of the binary.
FREESTANDING := -fno-asynchronous-unwind-tables -fno-unwind-tables -nostdinc -isystem $(MUSL)/include -isystem $(shell $(CC) -print-file-name=include)
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

product_CFLAGS := $(COMMON) -O2 $(HARDEN) $(FREESTANDING)
# What runs once, at start or to print a manifest, is built for size.
COLD := src/cmd/% src/manifest/% src/profile/% \
        $(foreach f,answer body client listen proxy server,src/http/$(f).c) \
        $(foreach f,arena clock cpu digest file diag err network,src/base/$(f).c) src/main.c src/site/health.c src/site/visits.c \
        $(foreach f,acquire health history index read recover room rotate scan segments stats tail template \
          whole,src/visitlog/$(f).c)
product_cold = $(if $(filter $(COLD),$(1)),-Os)
host_CFLAGS    := $(COMMON) -O1 -g
asan_CFLAGS    := $(COMMON) -O1 -g $(SANITIZE)

product_VENDOR := -O3 $(HARDEN) $(FREESTANDING) $(ARCH_FLAGS)
host_VENDOR    := -O1 -g
asan_VENDOR    := -O1 -g $(SANITIZE)

# -- compiling -------------------------------------------------------------------------------

# What a variant links besides our own objects.
$(foreach v,product host asan,$(eval $(v)_LIBS := $(B)/$(v)/libini.a $(B)/$(v)/libbearssl.a))

# A file that changes when its text does: a new version, flag or compiler rebuilds everything.
remember = $(if $(subst x$(file <$(1)),,x$(2)),$(shell mkdir -p $(dir $(1)))$(file >$(1),$(2)))
ifeq ($(filter clean help,$(MAKECMDGOALS)),)
$(foreach v,product host asan,$(call remember,$(B)/$(v)/flags,$(CC) $($(v)_CFLAGS)))
endif

# $(1) variant: objects of src below $(B)/$(1)/obj, all but main in $(B)/$(1)/libapp.a.
define variant
$(1)_OBJ := $(LIBSRC:src/%.c=$(B)/$(1)/obj/%.o)
$(B)/$(1)/obj/%.o: src/%.c $(B)/$(1)/flags $$($(1)_READY) | $(INIH)/ini.h $(BEARSSL)/inc/bearssl.h
	@mkdir -p $$(@D)
	$$(call say,CC,$$@)
	$(Q)$(CC) $$($(1)_CFLAGS) $$(call $(1)_cold,$$<) -c $$< -o $$@
$(B)/$(1)/libapp.a: $$($(1)_OBJ)
	@rm -f $$@
	$(Q)ar rcsD $$@ $$^
-include $$($(1)_OBJ:.o=.d) $(B)/$(1)/obj/main.d
endef
product_READY := $(MUSL)/lib/libc.a
$(foreach v,product host asan,$(eval $(call variant,$(v))))

# -- linking ---------------------------------------------------------------------------------

libgcc = $(shell $(CC) -print-file-name=$(1))
LDFLAGS := -static-pie -nostdlib -nostartfiles -Wl,--no-dynamic-linker -Wl,-z,text,-z,relro,-z,now \
           -Wl,-z,noexecstack,-z,separate-code -Wl,--gc-sections -Wl,--build-id=none \
           -Wl,-z,pack-relative-relocs
GCC := gcc
start_files = $(MUSL)/lib/rcrt1.o $(MUSL)/lib/crti.o $(shell $(GCC) -print-file-name=crtbeginS.o)
end_files   = $(shell $(GCC) -print-file-name=crtendS.o) $(MUSL)/lib/crtn.o
libc_files  = -Wl,--start-group $(MUSL)/lib/libc.a $(shell $(GCC) -print-libgcc-file-name) -Wl,--end-group

all: $(B)/app

$(B)/app.debug: $(B)/product/obj/main.o $(B)/product/libapp.a $(product_LIBS)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -Wl,-Map=$(B)/app.map -o $@ $(start_files) $^ $(libc_files) $(end_files)
$(B)/app: $(B)/app.debug
	$(Q)strip --strip-all -R .comment -o $@ $<

$(B)/asan/app: $(B)/asan/obj/main.o $(B)/asan/libapp.a $(asan_LIBS)
	$(call say,LD,$@)
	$(Q)$(CC) $(SANITIZE) -o $@ $^ -lpthread

# -- running ---------------------------------------------------------------------------------

.PHONY: all run test unit e2e asan lint check-headers fuzz-smoke soak bench readme lint-manifests clean install help \
        build-unit

# Set-up: says or installs what is missing. Building also needs it, but only once.
need-%:
	@vendor/need.sh $*

run: need-build
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@vendor/welcome.sh
	@exec $(B)/app serve

test: need-build need-test
	@$(MAKE) --no-print-directory -j$(JOBS) all build-unit
	@$(MAKE) --no-print-directory unit-host e2e

# A test file asks for replaced system calls by a line "WRAP: write fdatasync ...".
wraps = $(foreach f,$(shell sed -n 's/^.*WRAP: \(.*[a-z0-9]\).*$$/\1/p' $(1)),-Wl,--wrap=$(f))
define unit_rules
$(B)/$(1)/unit/%: tests/unit/%.c $(B)/$(1)/libapp.a $$($(1)_LIBS) | $(MUSL)/lib/libc.a
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)
	$(Q)$(CC) $$($(1)_CFLAGS) -isystem $(MUSL_SRC) -idirafter $(MUSL_SRC)/src/internal -MF $$@.d $$< \
	  $$(call wraps,$$<) $(B)/$(1)/libapp.a $$($(1)_LIBS) -lcmocka -lpthread -o $$@
$(B)/$(1)/replay_%: tests/fuzz/fuzz_%.c tests/fuzz/replay.c $(B)/$(1)/libapp.a $$($(1)_LIBS)
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)
	$(Q)$(CC) $$($(1)_CFLAGS) -MF $$@.d $$(filter %.c,$$^) $(B)/$(1)/libapp.a $$($(1)_LIBS) \
	  -lpthread -o $$@
build-unit-$(1): $(TESTS:%=$(B)/$(1)/unit/%) $(FUZZ:fuzz_%=$(B)/$(1)/replay_%)
unit-$(1): build-unit-$(1)
	@tests/unit/run.sh $(B)/$(1)
-include $(TESTS:%=$(B)/$(1)/unit/%.d)
endef
$(foreach v,host asan,$(eval $(call unit_rules,$(v))))

build-unit: build-unit-host
unit: need-test
	@$(MAKE) --no-print-directory -j$(JOBS) build-unit
	@$(MAKE) --no-print-directory unit-host

# The validator of manifests, with Kubernetes' schemas.
VALIDATOR := $(B)/tools/python/bin/python
$(B)/tools/python/ready: tests/manifests/requirements.txt
	$(call say,PIP,$<)
	$(Q)rm -rf $(@D) && /usr/bin/python3 -m venv $(@D)
	$(Q)$(VALIDATOR) -m pip install --quiet --disable-pip-version-check -r $<
	$(Q)touch $@

e2e: $(B)/app $(B)/tools/python/ready
	APP=$(B)/app VALIDATOR=$(VALIDATOR) $(PYTEST) tests/e2e

# The same tests under AddressSanitizer and UndefinedBehaviorSanitizer; those marked `product`
# are about the shipped binary itself.
asan: need-build need-test need-asan
	@$(MAKE) --no-print-directory -j$(JOBS) $(B)/asan/app build-unit-asan $(B)/tools/python/ready
	@$(MAKE) --no-print-directory unit-asan
	APP=$(B)/asan/app VALIDATOR=$(VALIDATOR) $(PYTEST) -m 'not product' tests/e2e

lint: need-build need-lint
	@$(MAKE) --no-print-directory $(INIH)/ini.h $(BEARSSL)/inc/bearssl.h check-headers
	@LINT_FLAGS='$(filter-out -MMD -MP -Werror -DAPP_VERSION%,$(host_CFLAGS))' tests/lint/run.sh

# Linters of manifests, as far as Go is there to build them; what is not is told.
lint-manifests: need-build need-test
	@$(MAKE) --no-print-directory -j$(JOBS) all $(B)/tools/python/ready
	@B=$(B) tests/manifests/build.sh kubeconform kube-score kube-linter polaris
	@B=$(B) /usr/bin/python3 tests/manifests/lint.py

check-headers: $(INIH)/ini.h $(BEARSSL)/inc/bearssl.h
	@for h in $(filter %.h,$(HDR)); do echo "#include \"$${h#src/}\"" | \
	 $(CC) $(filter-out -MMD -MP,$(host_CFLAGS)) -include base/std.h -fsyntax-only -x c - || exit 1; done

fuzz-smoke: need-build need-fuzz
	@$(MAKE) --no-print-directory $(INIH)/ini.h $(BEARSSL)/inc/bearssl.h
	@B=$(B) FUZZ_SECONDS=$(FUZZ_SECONDS) FUZZ_FLAGS='$(filter-out -MMD -MP -DAPP_VERSION%,$(host_CFLAGS))' \
	 tests/fuzz/run.sh $(FUZZ)

# The full counts of kills, fuzzing and load.
soak: need-build need-test need-fuzz
	@$(MAKE) --no-print-directory -j$(JOBS) all $(B)/tools/python/ready
	@B=$(B) tests/soak.sh

bench: need-build need-bench
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@B=$(B) tests/manifests/build.sh kustomize
	@B=$(B) tests/bench/run.sh

install: $(B)/app
	install -D -m 0755 $(B)/app $(DESTDIR)$(PREFIX)/bin/app

# The tables of keys in README.md, between its two marks.
readme: all
	@{ echo; $(B)/app explain --markdown; echo; } > $(B)/keys.md
	@sed -i -e '/^<!-- keys -->$$/,/^<!-- end of keys -->$$/{//!d}' \
	 -e '/^<!-- keys -->$$/r $(B)/keys.md' README.md

clean:
	rm -rf $(B)

help:
	@echo 'make            build $(B)/app'
	@echo 'make run        set up, build and serve on :8080 (admin on :9090)'
	@echo 'make test       set up and run all tests'
	@echo 'make unit       the unit tests alone; make e2e: the end-to-end tests alone'
	@echo 'make asan       the same tests under address and undefined-behaviour sanitizers'
	@echo 'make lint       formatting, static analysis, include directions, sizes'
	@echo 'make lint-manifests  what kube-score, kubeconform and others say of the manifests (needs Go)'
	@echo 'make fuzz-smoke $(FUZZ_SECONDS) s of fuzzing; make soak: the full counts'
	@echo 'make bench      measurements'
	@echo 'make install    to $$(DESTDIR)$$(PREFIX)/bin; make clean: remove $(B)'
