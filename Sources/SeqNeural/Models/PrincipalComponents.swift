internal import SeqMath

/// The directions in which rows vary most, fitted on training rows: each row becomes its coordinates
/// along the first K of them (Pearson 1901, doi:10.1080/14786440109462720; Jolliffe and Cadima 2016,
/// doi:10.1098/rsta.2015.0202).
///
/// Columns are brought to mean 0 and deviation 1 first, so that a column's unit does not count: the
/// directions are the eigenvectors of the correlation matrix. A column that was constant in training
/// has no part in any.
public struct PrincipalComponents: Hashable, Sendable {
  /// How many components are kept.
  public enum Wanted: Hashable, Sendable {
    /// So many, from 1 to the number of columns.
    case count(Int)
    /// As few as have together at least this share of the variance, above 0, at most 1.
    case share(Double)
  }

  /// What columns are standardized by, [D].
  public let standardization: Standardization
  /// The directions, [D][K].
  public let basis: [Float]
  /// The share of the variance along each, [K], falling.
  public let shares: [Float]
  private let packed: Packed

  /// The length of the rows that come in, D.
  public var columns: Int { standardization.mean.count }
  /// The number of components, K.
  public var count: Int { shares.count }
  /// The share of the variance that all of them have together.
  public var share: Double { shares.reduce(0) { $0 + Double($1) } }

  /// Takes given numbers.
  ///
  /// - Parameters:
  ///   - basis: [D][K].
  ///   - shares: [K].
  public init(standardization: Standardization, basis: [Float], shares: [Float]) {
    precondition(
      basis.count == standardization.mean.count * shares.count && !shares.isEmpty,
      "A basis has a number for each column and component.")
    self.standardization = standardization
    self.basis = basis
    self.shares = shares
    packed = Packed(basis, columns: standardization.mean.count, count: shares.count)
  }

  /// Fits the components of all rows of some sequences, which have one width.
  ///
  /// - Throws: `NetworkError.noExamples` without rows, `.option` for a number that cannot be had.
  /// - Complexity: O(T·D² + D³) time, O(D²) memory; the result does not depend on `threads`.
  public init(
    of sequences: [any InputRows], keeping wanted: Wanted, threads: Int = 1
  ) throws(NetworkError) {
    guard let D = sequences.first?.width, sequences.contains(where: { $0.count > 0 }) else {
      throw .noExamples
    }
    for (index, rows) in sequences.enumerated() where rows.width != D {
      throw .width(sequence: index, found: rows.width, expected: D)
    }
    switch wanted {
    case .count(let count):
      guard (1...D).contains(count) else {
        throw .option(
          name: "the number of principal components", found: "\(count)",
          expected: "from 1 to the \(D) columns")
      }
    case .share(let share):
      guard share > 0 && share <= 1 else {
        throw .option(
          name: "the share of variance that principal components keep", found: "\(share)",
          expected: "above 0 and at most 1")
      }
    }
    let standardization = Standardization(of: sequences)
    let found = SymmetricEigen(
      Self.correlation(of: sequences, standardization, threads: threads), size: D)
    // Rounding may leave an eigenvalue of 0 a little below it.
    let variances = found.values.map { max($0, 0) }
    let all = variances.reduce(0, +)
    let count: Int
    switch wanted {
    case .count(let number): count = number
    case .share(let share):
      var (sum, number) = (0.0, 0)
      while number < D, number == 0 || sum < share * all * (1 - 1e-9) {
        sum += variances[number]
        number += 1
      }
      count = number
    }
    var basis = [Float](repeating: 0, count: D * count)
    for k in 0..<count {
      for d in 0..<D { basis[d * count + k] = Float(found.vectors[k * D + d]) }
    }
    self.init(
      standardization: standardization, basis: basis,
      shares: variances.prefix(count).map { all > 0 ? Float($0 / all) : 0 })
  }

  /// The mean products of standardized columns, [D][D].
  private static func correlation(
    of sequences: [any InputRows], _ standardization: Standardization, threads: Int
  ) -> [Double] {
    let D = standardization.mean.count
    // Products of one block are summed in single precision, those of the blocks in double.
    let size = 512
    let block = Activations(count: size, width: D)
    let stride = block.stride
    let products = AlignedBuffer(count: D * stride)
    var sums = [Double](repeating: 0, count: D * D)
    var all = 0
    let part = 16
    for rows in sequences {
      for from in Swift.stride(from: 0, to: rows.count, by: size) {
        let range = from..<min(from + size, rows.count)
        block.resize(count: range.count)
        rows.write(range, to: block.base, stride: stride)
        standardization.apply(to: block.base, count: range.count, stride: stride)
        all += range.count
        sums.withUnsafeMutableBufferPointer { sums in
          nonisolated(unsafe) let sums = sums
          inParallel(pieces: (D + part - 1) / part, threads: threads) { piece in
            let channels = piece * part..<min(piece * part + part, D)
            (products.base + channels.lowerBound * stride)
              .update(repeating: 0, count: channels.count * stride)
            ConvolutionKernel.addOuterProducts(
              block, offset: 0, block, channels: channels, to: products.base)
            for i in channels {
              for j in 0..<D { sums[i * D + j] += Double(products.base[i * stride + j]) }
            }
          }
        }
      }
    }
    return sums.map { $0 / Double(all) }
  }

  /// Writes the coordinates of rows.
  ///
  /// - Parameters:
  ///   - rows: `count` rows of D numbers, `stride` values apart; they are standardized in place.
  ///   - target: rows of K numbers, `targetStride` values apart; what lies between is left alone.
  func apply(
    to rows: UnsafeMutablePointer<Float>, count: Int, stride: Int,
    target: UnsafeMutablePointer<Float>, targetStride: Int
  ) {
    standardization.apply(to: rows, count: count, stride: stride)
    packed.multiply(rows, count: count, stride: stride, target: target, targetStride: targetStride)
  }

  /// The basis as the kernels read it.
  private final class Packed: Sendable {
    private let columns: Int
    private let count: Int
    private let weights: AlignedBuffer
    private let zeros: AlignedBuffer

    init(_ basis: [Float], columns: Int, count: Int) {
      self.columns = columns
      self.count = count
      let padded = (count + 15) & ~15
      zeros = AlignedBuffer(count: padded)
      let plain = AlignedBuffer(count: columns * padded)
      for d in 0..<columns {
        for k in 0..<count { plain.base[d * padded + k] = basis[d * count + k] }
      }
      weights = AlignedBuffer(
        count: ConvolutionKernel.packedCount(taps: 1, inputs: columns, outputs: count))
      ConvolutionKernel.pack(
        plain.base, taps: 1, inputs: columns, outputs: count, transposed: false, to: weights.base)
    }

    func multiply(
      _ rows: UnsafeMutablePointer<Float>, count rowCount: Int, stride: Int,
      target: UnsafeMutablePointer<Float>, targetStride: Int
    ) {
      let padded = zeros.count
      let most = RowKernel.rows
      let made = AlignedBuffer(count: most * padded)
      let kernel = RowKernel.Weights(
        packed: weights.base, bias: zeros.base, taps: 1, inputs: columns, tiles: padded / 16)
      withUnsafeTemporaryAllocation(of: UnsafePointer<Float>.self, capacity: most) { inputs in
        withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<Float>.self, capacity: most) {
          outputs in
          for from in Swift.stride(from: 0, to: rowCount, by: most) {
            let n = min(most, rowCount - from)
            for r in 0..<n {
              inputs[r] = UnsafePointer(rows + (from + r) * stride)
              outputs[r] = made.base + r * padded
            }
            RowKernel.apply(
              kernel, inputs: inputs.baseAddress!, residual: inputs.baseAddress!,
              out: outputs.baseAddress!, count: n, finish: .store)
            for r in 0..<n {
              (target + (from + r) * targetStride).update(from: outputs[r], count: count)
            }
          }
        }
      }
    }
  }

  /// Whether the numbers are the same.
  public static func == (a: PrincipalComponents, b: PrincipalComponents) -> Bool {
    a.standardization == b.standardization && a.basis == b.basis && a.shares == b.shares
  }

  /// Hashes the numbers.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(standardization)
    hasher.combine(basis)
  }
}

/// Rows as their coordinates along principal components.
struct ProjectedRows: InputRows {
  private let base: any InputRows
  private let components: PrincipalComponents

  init(_ base: any InputRows, _ components: PrincipalComponents) {
    precondition(base.width == components.columns, "Rows have the width that was fitted.")
    self.base = base
    self.components = components
  }

  var count: Int { base.count }
  var width: Int { components.count }

  func write(_ range: Range<Int>, to rows: UnsafeMutablePointer<Float>, stride: Int) {
    let D = base.width
    let source = AlignedBuffer(count: range.count * D)
    base.write(range, to: source.base, stride: D)
    components.apply(
      to: source.base, count: range.count, stride: D, target: rows, targetStride: stride)
  }
}
