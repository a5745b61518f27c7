import Diagnostics

/// Every rule of the module.
public enum BindingRules {
  /// The rules about trees and their bindings, in order of their codes.
  public static let trees: [Rule] = Rule.validationRules

  /// The rules about bindings themselves, in order of their codes.
  public static let documents: [Rule] = DocumentRules.all
}
