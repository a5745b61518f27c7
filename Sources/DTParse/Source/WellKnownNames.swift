/// The names that the language itself knows.
struct WellKnownNames: Sendable {
  let overlay: NameID
  let target: NameID
  let targetPath: NameID
  let name: NameID
  let phandle: NameID
  let linuxPhandle: NameID
  let symbols: NameID
  let fixups: NameID
  let localFixups: NameID
  let cpus: NameID
  let reg: NameID

  init(_ names: inout NameTable) {
    overlay = names.intern("__overlay__")
    target = names.intern("target")
    targetPath = names.intern("target-path")
    name = names.intern("name")
    phandle = names.intern("phandle")
    linuxPhandle = names.intern("linux,phandle")
    symbols = names.intern("__symbols__")
    fixups = names.intern("__fixups__")
    localFixups = names.intern("__local_fixups__")
    cpus = names.intern("cpus")
    reg = names.intern("reg")
  }
}
