import Diagnostics

/// Rules about the text of a `.dtheap.yml`.
extension Rule {
  private static let guide = ["Documentation/configuration.md"]

  static let malformedConfiguration = Rule(
    "DTH401", "malformed-configuration", .error,
    summary: "the configuration is no YAML, or has more than one document",
    rationale: "Nothing of a configuration counts that cannot be read, and what it says would be left out.",
    badExample: "memory: [\n", goodExample: "memory: [0x40000000+1G]\n",
    references: ["YAML 1.2.2"] + guide)

  static let oversizedConfiguration = Rule(
    "DTH402", "oversized-configuration", .error,
    summary: "the configuration is larger or nests deeper than any real one",
    rationale: "Limits of 1 MiB and 64 levels keep a hostile file from exhausting memory.",
    badExample: "memory: " + String(repeating: "[", count: 70) + String(repeating: "]", count: 70) + "\n",
    goodExample: "memory: [0x40000000+1G]\n",
    references: guide)

  static let configurationReference = Rule(
    "DTH403", "configuration-reference", .error,
    summary: "the configuration uses an anchor, an alias or a tag of YAML",
    rationale:
      "With aliases a few lines stand for billions of values, and no setting is long enough to need one.",
    badExample: "kernel: &version 6.1\n", goodExample: "kernel: 6.1\n",
    references: ["YAML 1.2.2, 3.2.2.2"] + guide)

  static let unknownConfigurationKey = Rule(
    "DTH404", "unknown-configuration-key", .error,
    summary: "a key is none of those that a configuration has",
    rationale: "A misspelt key that is passed over leaves the default in force without a word.",
    badExample: "kernal: 6.1\n", goodExample: "kernel: 6.1\n",
    references: guide)

  static let repeatedConfigurationKey = Rule(
    "DTH405", "repeated-configuration-key", .error,
    summary: "the configuration has a key twice",
    rationale: "Only one of the two values could count, and readers of YAML do not agree which.",
    badExample: "kernel: 6.1\nkernel: 6.12\n", goodExample: "kernel: 6.12\n",
    references: ["YAML 1.2.2, 3.2.1.1"] + guide)

  static let wrongConfigurationValue = Rule(
    "DTH406", "wrong-configuration-value", .error,
    summary: "a setting has a value that it cannot have",
    rationale: "The setting does not count then, and the board is judged by the default.",
    badExample: "arch: arm65\n", goodExample: "arch: arm64\n",
    references: guide)
}

/// The rules about configurations, in order of their codes.
public enum ConfigurationRules {
  /// Every rule about configurations.
  public static let all: [Rule] = [
    .malformedConfiguration, .oversizedConfiguration, .configurationReference, .unknownConfigurationKey,
    .repeatedConfigurationKey, .wrongConfigurationValue,
  ]
}
