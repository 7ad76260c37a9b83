// SPDX-License-Identifier: Apache-2.0
#include "server/start_pages.h"

#include <link.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>

#include <sys/mman.h>

namespace pumice {
namespace {

void Forget(const dl_phdr_info& object, const ElfW(Phdr) & segment) {
  // What could be written may have been: forgotten, it would be lost.
  if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) return;
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const std::uintptr_t begin = (object.dlpi_addr + segment.p_vaddr) & ~(page - 1);
  const std::uintptr_t end = object.dlpi_addr + segment.p_vaddr + segment.p_memsz;
  // Refused for what the kernel itself maps into every program; nothing depends on it.
  (void)::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
}

}  // namespace

void ForgetStartPages() {
  ::dl_iterate_phdr(
      [](dl_phdr_info* object, std::size_t, void*) {
        for (ElfW(Half) i = 0; i < object->dlpi_phnum; ++i) Forget(*object, object->dlpi_phdr[i]);
        return 0;
      },
      nullptr);
}

}  // namespace pumice
