import Diagnostics

/// Rules about blobs and overlays.
extension Rule {
  static let damagedBlob = Rule(
    "DTH040", "damaged-blob", .error,
    summary: "the blob is truncated or its structure is broken",
    rationale: "The kernel refuses it (`fdt_check_header`) or reads garbage.",
    badExample: "", goodExample: "",
    references: ["libfdt, fdt_check_full", "Devicetree Specification v0.4, 5"])

  static let unsupportedBlobVersion = Rule(
    "DTH041", "unsupported-blob-version", .error,
    summary: "the blob has a version that is not read",
    rationale: "Versions 16 and 17 are in use; every dtc since 2005 writes 17.",
    badExample: "", goodExample: "",
    references: ["Devicetree Specification v0.4, 5.2"])

  static let missingOverlayTarget = Rule(
    "DTH045", "missing-overlay-target", .error,
    summary: "an overlay's fragment has no target in the base",
    rationale: "The boot loader or the kernel refuses the whole overlay.",
    badExample: "", goodExample: "",
    references: ["libfdt, fdt_overlay.c, overlay_get_target"])

  static let missingSymbol = Rule(
    "DTH046", "missing-symbol", .error,
    summary: "an overlay names a label that the base does not have",
    rationale: "Without the label in the base's `__symbols__` the overlay cannot be applied.",
    badExample: "", goodExample: "",
    references: ["libfdt, fdt_overlay.c, overlay_fixup_phandle"])

  static let malformedOverlay = Rule(
    "DTH047", "malformed-overlay", .error,
    summary: "an overlay's fixups or fragments are malformed",
    rationale: "The boot loader or the kernel refuses the whole overlay.",
    badExample: "", goodExample: "",
    references: ["libfdt, fdt_overlay.c"])

  /// The rules about blobs and overlays.
  static let blobRules: [Rule] = [
    damagedBlob, unsupportedBlobVersion, missingOverlayTarget, missingSymbol, malformedOverlay,
  ]
}

/// The rules that this module declares, in order of their codes.
public enum DTParseRules {
  /// Every rule of the front end.
  public static let all: [Rule] = Rule.sourceRules + Rule.treeRules + Rule.blobRules
}
