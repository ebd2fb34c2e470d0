# How the vendored libraries are built. Included by the Makefile; everything lands below $(B).
# Downloads may be shared between build directories: make VENDOR_DL=/some/where.

VENDOR_DL ?= $(B)/vendor/dl
MUSL_SRC  := $(B)/vendor/musl
INIH      := $(B)/vendor/libinih
BEARSSL   := $(B)/vendor/bearssl
MUSL      := $(B)/musl

ifeq ($(shell uname -m),x86_64)
# AES-NI, PCLMUL and SSE are chosen at run time; v2 is what every server since 2009 has.
ARCH_FLAGS := -march=x86-64-v2
endif

# Every line has a number, nothing is cut silently, all errors are reported. The same flags go
# to the file of ours that includes ini.h.
INI_FLAGS := -DINI_CALL_HANDLER_ON_NEW_SECTION=1 -DINI_HANDLER_LINENO=1 \
             -DINI_STOP_ON_FIRST_ERROR=0 -DINI_USE_STACK=0 -DINI_ALLOW_REALLOC=1 \
             -DINI_INITIAL_ALLOC=256 -DINI_MAX_LINE=1048640 -DINI_ALLOW_MULTILINE=0 \
             -DINI_ALLOW_BOM=1 -DINI_ALLOW_INLINE_COMMENTS=1

$(B)/vendor/%/.unpacked: vendor/versions vendor/fetch.sh vendor/unpack.sh $(wildcard vendor/patches/*/*.patch)
	$(Q)vendor/unpack.sh $* $(VENDOR_DL) $(B)/vendor/$*
	@touch $@
.PRECIOUS: $(B)/vendor/%/.unpacked

$(INIH)/ini.h: $(INIH)/.unpacked ;
$(BEARSSL)/inc/bearssl.h: $(BEARSSL)/.unpacked ;

MUSL_CFLAGS = -O2 -fPIE -fstack-protector-strong $(call takes,-fcf-protection=full) \
              -ffile-prefix-map=$(CURDIR)=.
MULTIARCH  := $(shell uname -m)-linux-gnu

# musl by its own build; the kernel's headers are the host's.
$(MUSL)/lib/libc.a: $(MUSL_SRC)/.unpacked vendor/vendor.mk
	$(call say,MAKE,$@)
	$(Q)cd $(MUSL_SRC) && CC='$(CC)' CFLAGS='$(MUSL_CFLAGS)' \
	  ./configure --prefix=$(abspath $(MUSL)) --disable-shared --disable-wrapper > configure.log
	$(Q)$(MAKE) -C $(MUSL_SRC) install > $(MUSL_SRC)/make.log 2>&1
	$(Q)ln -sfn /usr/include/linux /usr/include/asm-generic $(MUSL)/include
	$(Q)ln -sfn $(firstword $(wildcard /usr/include/$(MULTIARCH)/asm /usr/include/asm)) $(MUSL)/include/asm
	@touch $@

# $(1) variant. A static archive carries into the binary only what the link asks for.
define vendor_variant
$(B)/$(1)/libini.a: $(INIH)/.unpacked vendor/compile.sh vendor/vendor.mk $$($(1)_READY)
	@mkdir -p $$(@D)
	$$(call say,CC,$$@)
	$(Q)echo ini.c | vendor/compile.sh $$@ $(INIH) $(CC) $$($(1)_VENDOR) $(INI_FLAGS) -ffile-prefix-map=$(CURDIR)=.
$(B)/$(1)/libbearssl.a: $(BEARSSL)/.unpacked vendor/compile.sh vendor/vendor.mk $$($(1)_READY)
	@mkdir -p $$(@D)
	$$(call say,CC,$$@)
	$(Q)(cd $(BEARSSL)/src && find . -name '*.c') | vendor/compile.sh $$@ $(BEARSSL)/src $(CC) $$($(1)_VENDOR) -ffile-prefix-map=$(CURDIR)=. \
	  -I$(BEARSSL)/inc -I$(BEARSSL)/src
endef
product_READY := $(MUSL)/lib/libc.a
$(foreach v,product host asan,$(eval $(call vendor_variant,$(v))))
