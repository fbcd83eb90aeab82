public import SeqCore

/// A sequence as a network sees it: T rows of D numbers, given range by range, so that what lies in a
/// large file need not be in memory.
public protocol InputRows: Sendable {
  /// The number of rows, T.
  var count: Int { get }
  /// The length of a row, D.
  var width: Int { get }

  /// Writes some rows, each `stride` values after the one before; what lies between is left alone.
  func write(_ range: Range<Int>, to rows: UnsafeMutablePointer<Float>, stride: Int)
}

extension DenseRows: InputRows {
  /// The number of rows, T.
  public var count: Int { rows }

  /// Copies some rows.
  public func write(_ range: Range<Int>, to rows: UnsafeMutablePointer<Float>, stride: Int) {
    precondition(range.lowerBound >= 0 && range.upperBound <= self.rows, "The rows are these.")
    values.withUnsafeBufferPointer { values in
      guard let values = values.baseAddress else { return }
      for (index, t) in range.enumerated() {
        (rows + index * stride).update(from: values + t * width, count: width)
      }
    }
  }
}

/// A row of numbers for each symbol of an alphabet: one-hot, or fixed properties.
///
/// One-hot rows under a network's first layer, which maps every row by itself, are an embedding that
/// is learnt.
public struct SymbolTable: Hashable, Sendable {
  /// The rows, [A][D]; a symbol that has none is a row of zeros.
  public let rows: DenseRows

  /// Makes a table of given rows.
  public init(_ rows: DenseRows) { self.rows = rows }

  /// A table that puts 1 in the column of the symbol.
  public static func oneHot(_ alphabetSize: Int) -> SymbolTable {
    var values = [Float](repeating: 0, count: alphabetSize * alphabetSize)
    for symbol in 0..<alphabetSize { values[symbol * alphabetSize + symbol] = 1 }
    return SymbolTable(DenseRows(rows: alphabetSize, width: alphabetSize, values: values))
  }
}

/// Symbols, each as its row of a table.
public struct SymbolRows: InputRows {
  /// The symbols, [T].
  public let codes: [UInt8]
  /// The rows that stand for them.
  public let table: SymbolTable

  /// Makes the rows of symbols.
  public init(_ codes: [UInt8], _ table: SymbolTable) {
    self.codes = codes
    self.table = table
  }

  /// The number of symbols, T.
  public var count: Int { codes.count }
  /// The length of a row, D.
  public var width: Int { table.rows.width }

  /// Writes the rows of some symbols.
  public func write(_ range: Range<Int>, to rows: UnsafeMutablePointer<Float>, stride: Int) {
    table.rows.values.withUnsafeBufferPointer { values in
      for (index, t) in range.enumerated() {
        let symbol = Int(codes[t])
        let target = rows + index * stride
        if symbol < table.rows.rows, let values = values.baseAddress {
          target.update(from: values + symbol * width, count: width)
        } else {
          target.update(repeating: 0, count: width)
        }
      }
    }
  }
}
