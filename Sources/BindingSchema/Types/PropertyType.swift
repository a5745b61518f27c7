/// A type of a property's value, as the bindings name it (dt-schema, `types.yaml`).
public enum PropertyTypeName: String, Hashable, Sendable, CaseIterable {
  case flag, string, address, phandle
  case stringArray = "string-array"
  case phandleArray = "phandle-array"
  case int8, uint8, int16, uint16, int32, uint32, int64, uint64
  case int8Array = "int8-array"
  case uint8Array = "uint8-array"
  case int16Array = "int16-array"
  case uint16Array = "uint16-array"
  case int32Array = "int32-array"
  case uint32Array = "uint32-array"
  case int64Array = "int64-array"
  case uint64Array = "uint64-array"
  case int8Matrix = "int8-matrix"
  case uint8Matrix = "uint8-matrix"
  case int16Matrix = "int16-matrix"
  case uint16Matrix = "uint16-matrix"
  case int32Matrix = "int32-matrix"
  case uint32Matrix = "uint32-matrix"
  case int64Matrix = "int64-matrix"
  case uint64Matrix = "uint64-matrix"
}

/// How many rows a matrix has and how many cells a row.
public struct MatrixDimensions: Hashable, Sendable {
  /// A number of rows or of cells a row; a `max` of 0 means no bound.
  public struct Bounds: Hashable, Sendable {
    /// At least so many; 0 where nothing is said.
    public var min: Int
    /// At most so many; 0 where there is no bound.
    public var max: Int

    /// Bounds.
    public init(min: Int, max: Int) {
      self.min = min
      self.max = max
    }
  }

  /// The rows.
  public var outer: Bounds
  /// The cells of a row.
  public var inner: Bounds

  /// Dimensions.
  public init(outer: Bounds, inner: Bounds) {
    self.outer = outer
    self.inner = inner
  }
}

/// A type that some binding gives a property.
public struct PropertyType: Hashable, Sendable {
  /// The type; nil where a binding names the property without giving it a type.
  public var name: PropertyTypeName?
  /// The dimensions of a matrix or a `phandle-array`, over all bindings that give some.
  public var dimensions: MatrixDimensions?

  /// A type.
  public init(_ name: PropertyTypeName?, dimensions: MatrixDimensions? = nil) {
    self.name = name
    self.dimensions = dimensions
  }
}

/// The types of all properties that a set of bindings names.
public struct PropertyTypes: Sendable {
  /// The types of a name, in the order in which bindings give them.
  public var exact: [String: [PropertyType]] = [:]
  /// The types of names that match a pattern, by pattern; used where the exact name has no type.
  public var patterns: [(pattern: String, types: [PropertyType])] = []

  /// No types.
  public init() {}
}
