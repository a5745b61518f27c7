import Testing

extension Trait where Self == TimeLimitTrait {
  /// For tests of what could hang: they end, or fail.
  ///
  /// The limit is far above what any test takes, because the wait of a test for its turn counts: under a sanitizer that
  /// is minutes.
  public static var endsInTime: Self { .timeLimit(.minutes(15)) }
}
