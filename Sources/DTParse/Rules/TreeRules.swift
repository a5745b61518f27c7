import Diagnostics

/// Rules about the tree that a source makes: names, labels, deletion, references.
extension Rule {
  static let repeatedNode = Rule(
    "DTH020", "repeated-node", .error,
    summary: "a body has two nodes of one name",
    rationale: "dtc refuses the tree. Only a later statement may open a node again.",
    badExample: "/dts-v1/;\n/ { n { }; n { }; };\n",
    goodExample: "/dts-v1/;\n/ { n { }; };\n/ { n { }; };\n",
    references: ["dtc 1.8.1, checks.c, duplicate_node_names"])

  static let repeatedProperty = Rule(
    "DTH021", "repeated-property", .error,
    summary: "a body has two properties of one name",
    rationale: "dtc refuses the tree. Only a later statement may give a new value.",
    badExample: "/dts-v1/;\n/ { a = <1>; a = <2>; };\n",
    goodExample: "/dts-v1/;\n/ { a = <1>; };\n/ { a = <2>; };\n",
    references: ["dtc 1.8.1, checks.c, duplicate_property_names"])

  static let repeatedLabel = Rule(
    "DTH022", "repeated-label", .error,
    summary: "two things have the same label",
    rationale: "Nodes, properties and places in values share one name space of labels; dtc refuses the tree.",
    badExample: "/dts-v1/;\n/ { l: a { }; l: b { }; };\n",
    goodExample: "/dts-v1/;\n/ { l: a { }; m: b { }; };\n",
    references: ["dtc 1.8.1, checks.c, duplicate_label"])

  static let invalidNodeName = Rule(
    "DTH023", "invalid-node-name", .error,
    summary: "a node's name has a character that no node's name may have, or two `@`",
    rationale: "dtc refuses the tree.",
    badExample: "/dts-v1/;\n/ { n#1 { }; };\n",
    goodExample: "/dts-v1/;\n/ { n-1 { }; };\n",
    references: ["dtc 1.8.1, checks.c, node_name_chars", "Devicetree Specification v0.4, 2.2.1"])

  static let invalidPropertyName = Rule(
    "DTH024", "invalid-property-name", .error,
    summary: "a property's name has a character that no property's name may have",
    rationale: "dtc refuses the tree.",
    badExample: "/dts-v1/;\n/ { a@1; };\n",
    goodExample: "/dts-v1/;\n/ { a-1; };\n",
    references: ["dtc 1.8.1, checks.c, property_name_chars", "Devicetree Specification v0.4, 2.2.4"])

  static let wrongNameProperty = Rule(
    "DTH025", "wrong-name-property", .error,
    summary: "the property `name` says something else than the node's name",
    rationale: "`name` is a relic: dtc drops it when it repeats the node's name and refuses it otherwise.",
    badExample: "/dts-v1/;\n/ { n { name = \"m\"; }; };\n",
    goodExample: "/dts-v1/;\n/ { n { }; };\n",
    references: ["dtc 1.8.1, checks.c, name_properties"])

  static let unresolvedReference = Rule(
    "DTH030", "unresolved-reference", .error,
    summary: "a reference names nothing",
    rationale:
      "dtc refuses the tree. A plugin may leave labels open, but not paths in values.",
    badExample: "/dts-v1/;\n/ { a = <&nothing>; };\n",
    goodExample: "/dts-v1/;\n/ { a = <&n>; n: n { }; };\n",
    references: ["dtc 1.8.1, checks.c, phandle_references, path_references"])

  static let invalidPhandle = Rule(
    "DTH031", "invalid-phandle", .error,
    summary: "a `phandle` is no phandle",
    rationale:
      "A phandle is one cell and neither 0 nor 0xffffffff; written as a reference it can only name its own node.",
    badExample: "/dts-v1/;\n/ { n { phandle = <0>; }; };\n",
    goodExample: "/dts-v1/;\n/ { n { phandle = <1>; }; };\n",
    references: ["dtc 1.8.1, checks.c, explicit_phandles"])

  static let repeatedPhandle = Rule(
    "DTH032", "repeated-phandle", .error,
    summary: "two nodes have the same phandle",
    rationale: "Whoever follows the phandle finds the one or the other; dtc refuses the tree.",
    badExample: "/dts-v1/;\n/ { a { phandle = <1>; }; b { phandle = <1>; }; };\n",
    goodExample: "/dts-v1/;\n/ { a { phandle = <1>; }; b { phandle = <2>; }; };\n",
    references: ["dtc 1.8.1, checks.c, explicit_phandles"])

  static let inexpressibleFixup = Rule(
    "DTH033", "inexpressible-fixup", .error,
    summary: "a plugin refers to its base in a way that `__fixups__` cannot say",
    rationale: "Fixups name labels only, and separate paths, properties and offsets by colons.",
    badExample: "/dts-v1/;\n/plugin/;\n/ { a = <&{/b}>; };\n",
    goodExample: "/dts-v1/;\n/plugin/;\n/ { a = <&b>; };\n",
    references: ["dtc 1.8.1, livetree.c, add_fixup_entry"])

  static let ineffectiveDelete = Rule(
    "DTH035", "ineffective-delete", .warning,
    summary: "a delete directive stands in the body that creates its node, or names nothing",
    rationale:
      "dtc carries it out only when its body is merged into a node that is there already; elsewhere it does nothing.",
    badExample: "/dts-v1/;\n/ { a; /delete-property/ a; };\n",
    goodExample: "/dts-v1/;\n/ { a; };\n/ { /delete-property/ a; };\n",
    references: ["dtc 1.8.1, livetree.c, merge_nodes"])

  static let omittedTarget = Rule(
    "DTH036", "omitted-target", .warning,
    summary: "a phandle leads to a node that `/omit-if-no-ref/` removes",
    rationale: "A reference to a child does not save its parent: both go, and the phandle dangles.",
    badExample: "/dts-v1/;\n/ { /omit-if-no-ref/ a: a { c: c { }; }; r { p = <&c>; }; };\n",
    goodExample: "/dts-v1/;\n/ { /omit-if-no-ref/ a: a { c: c { }; }; r { p = <&a &c>; }; };\n",
    references: ["dtc 1.8.1, checks.c, omit_unused_nodes"])

  static let deletedRoot = Rule(
    "DTH037", "deleted-root", .error,
    summary: "the root node is deleted",
    rationale:
      "A tree without root is no tree. dtc 1.6.1 accepts the source and writes a blob that nothing can read.",
    badExample: "/dts-v1/;\n/ { };\n/delete-node/ &{/};\n",
    goodExample: "/dts-v1/;\n/ { n: n { }; };\n/delete-node/ &n;\n",
    references: ["Devicetree Specification v0.4, 2.2"])

  static let shadowedSymbol = Rule(
    "DTH038", "shadowed-symbol", .warning,
    summary: "`__symbols__` already has a property of a label's name",
    rationale: "The property that is written there wins, and overlays find another node than the label says.",
    badExample: "/dts-v1/;\n/ { l: a { }; __symbols__ { l = \"/b\"; }; };\n",
    goodExample: "/dts-v1/;\n/ { l: a { }; };\n",
    references: ["dtc 1.8.1, livetree.c, generate_label_tree_internal"])

  /// The rules about the tree that a source makes.
  static let treeRules: [Rule] = [
    repeatedNode, repeatedProperty, repeatedLabel, invalidNodeName, invalidPropertyName, wrongNameProperty,
    unresolvedReference, invalidPhandle, repeatedPhandle, inexpressibleFixup, ineffectiveDelete,
    omittedTarget,
    deletedRoot, shadowedSymbol,
  ]
}
