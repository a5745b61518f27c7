#include <libfdt.h>

/* Function-like macros of libfdt are not imported into Swift; these stand for the ones in use. */
static inline uint32_t dth_fdt_boot_cpuid_phys(const void *fdt) { return fdt_boot_cpuid_phys(fdt); }
