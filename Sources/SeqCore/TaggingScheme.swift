/// Where in a span a position stands: what the letter before a label's type says.
public enum SpanMark: UInt8, Hashable, Sendable, CaseIterable {
  /// In no span: `O`.
  case outside
  /// In a span, with no more said: `I`.
  case inside
  /// At the start of a span: `B`.
  case begin
  /// At the end of a span: `E`, or `L` in BILOU.
  case end
  /// A span of one position: `S`, or `U` in BILOU.
  case single
}

/// A label taken apart: a mark, and the number of a span type.
public struct SpanTag: Hashable, Sendable {
  /// Where in its span the position stands.
  public var mark: SpanMark
  /// The number of the span's type; 0 where the mark is `outside`.
  public var type: Label

  /// Makes a tag.
  public init(_ mark: SpanMark, _ type: Label) {
    self.mark = mark
    self.type = mark == .outside ? 0 : type
  }

  /// In no span.
  public static let outside = SpanTag(.outside, 0)
}

/// How labels of positions tell the spans that cover them.
///
/// Spans do not overlap. Two touching spans of one type are told apart by every scheme but
/// ``io``. Ramshaw and Marcus 1995 (IOB1); Tjong Kim Sang and Veenstra 1999,
/// doi:10.3115/977035.977059 (the four of IOB and IOE); Ratinov and Roth 2009 (BILOU).
public enum TaggingScheme: String, Hashable, Sendable, Codable, CaseIterable {
  /// `I` in a span: touching spans of one type become one.
  case io
  /// `I` in a span; `B` where a span begins right behind one of its type.
  case iob1
  /// `B` where a span begins, `I` after that. Also called BIO.
  case iob2
  /// `I` in a span; `E` where a span ends right before one of its type.
  case ioe1
  /// `E` where a span ends, `I` before that.
  case ioe2
  /// `B`, `I` and `E` in a span of several positions, `S` for one. Also called IOBES.
  case bioes
  /// The same with `L` for last and `U` for unit.
  case bilou

  /// The scheme of a name, in any case and with the names that are also in use: `bio` for
  /// ``iob2``, `iobes` for ``bioes``.
  public init?(name: some StringProtocol) {
    switch name.lowercased() {
    case "bio": self = .iob2
    case "iobes": self = .bioes
    case let name:
      guard let scheme = TaggingScheme(rawValue: name) else { return nil }
      self = scheme
    }
  }

  /// The marks that labels of the scheme have, `outside` first.
  public var marks: [SpanMark] {
    switch self {
    case .io: [.outside, .inside]
    case .iob1, .iob2: [.outside, .begin, .inside]
    case .ioe1, .ioe2: [.outside, .inside, .end]
    case .bioes, .bilou: [.outside, .begin, .inside, .end, .single]
    }
  }

  /// Whether touching spans of one type stay two.
  public var separatesTouchingSpans: Bool { self != .io }

  /// The letter of a mark; `nil` if the scheme does not have it.
  public func letter(of mark: SpanMark) -> Character? {
    guard marks.contains(mark) else { return nil }
    switch mark {
    case .outside: return "O"
    case .inside: return "I"
    case .begin: return "B"
    case .end: return self == .bilou ? "L" : "E"
    case .single: return self == .bilou ? "U" : "S"
    }
  }

  /// The mark of a letter; `nil` if the scheme does not have it.
  public func mark(of letter: Character) -> SpanMark? {
    marks.first { self.letter(of: $0) == letter }
  }

  /// Whether `later` may follow `earlier`. The places before and after a sequence are `outside`.
  public func allows(_ later: SpanTag, after earlier: SpanTag) -> Bool {
    let sameSpanType =
      earlier.mark != .outside && later.mark != .outside && earlier.type == later.type
    switch self {
    case .io: return true
    case .iob1: return later.mark != .begin || sameSpanType
    case .iob2: return later.mark != .inside || sameSpanType
    case .ioe1: return earlier.mark != .end || sameSpanType
    case .ioe2: return earlier.mark != .inside || sameSpanType
    case .bioes, .bilou:
      let isOpen = earlier.mark == .begin || earlier.mark == .inside
      let goesOn = later.mark == .inside || later.mark == .end
      return isOpen == goesOn && (!isOpen || sameSpanType)
    }
  }

  /// Whether `later` belongs to the span of `earlier`.
  public func joins(_ later: SpanTag, to earlier: SpanTag) -> Bool {
    guard earlier.mark != .outside, later.mark != .outside, earlier.type == later.type else {
      return false
    }
    switch self {
    case .io: return true
    case .iob1, .iob2: return later.mark == .inside
    case .ioe1, .ioe2: return earlier.mark == .inside
    case .bioes, .bilou:
      return (earlier.mark == .begin || earlier.mark == .inside)
        && (later.mark == .inside || later.mark == .end)
    }
  }
}
