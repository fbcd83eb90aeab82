internal import SeqCore
internal import SeqFeatures
internal import SeqInference
internal import SeqMath

/// One thread's way from a record to the scores of its features: at each position, the sum of the
/// rows of words around it and of the rows of words joined.
///
/// Rows depend on words alone, so the sums do not depend on what was met before.
final class RowSums<Scalar: RowScalar> {
  private let program: TemplateProgram
  private let weights: LinearWeights
  private let words: WordRows<Scalar>
  private let joints: [JointRows<Scalar>]
  /// The offset of each group's word.
  private let groupOffsets: [Int]
  private let terms: UnsafeMutablePointer<RowTerm<Scalar>>
  private let termCount: Int
  /// What the last vector of every position's scores is raised by: −∞ behind the last label.
  private let padding: Vector
  /// See ``padded(_:)``.
  @exclusivity(unchecked) private var numbers = UnsafeMutableBufferPointer<Int32>.allocate(
    capacity: 1 << 6)
  /// Made once some text has gone by, so that a single sentence does not pay for it.
  @exclusivity(unchecked) private var filter: FeatureFilter?
  @exclusivity(unchecked) private var scored = 0

  init(_ program: TemplateProgram, _ weights: LinearWeights, stride: Int, labelCount: Int) {
    self.program = program
    self.weights = weights
    var kinds: [JointKind] = []
    for span in program.spans {
      let kind = JointKind(span, of: program)
      if !kinds.contains(kind) { kinds.append(kind) }
    }
    let families = kinds.map { kind in
      program.spans.filter { JointKind($0, of: program) == kind }
    }
    var parts: [WordPart] = []
    joints = zip(kinds, families).map { kind, spans in
      JointRows(spans, kind, weights, stride: stride) { part in
        if let place = parts.firstIndex(of: part) { return place }
        parts.append(part)
        return parts.count - 1
      }
    }
    words = WordRows(program, weights, parts: parts, stride: stride)
    var padding = Vector(repeating: 0)
    for lane in 0..<stride - labelCount { padding[7 - lane] = -.infinity }
    self.padding = padding
    groupOffsets = program.groups.isEmpty ? [0] : program.groups.map(\.offset)
    termCount = groupOffsets.count + joints.reduce(0) { $0 + $1.targets.count }
    terms = .allocate(capacity: termCount)
  }

  deinit {
    filter?.deallocate()
    terms.deallocate()
    numbers.deallocate()
  }

  /// Writes the scores of all labels at all positions.
  ///
  /// - Throws: `FeatureError.missingLayer` if the record lacks a layer that the templates read.
  func score(_ record: borrowing Record, into emissions: Emissions) throws(FeatureError) {
    let T = record.count
    if filter == nil, scored > 2000 { filter = FeatureFilter(weights) }
    // Words are forgotten between records, when the memory is full; combinations need not go with
    // them, since their keys are hashes.
    words.forgetIfFull()
    let numbers = padded(T)
    try words.findWords(of: record, program, filter, into: numbers)
    guard T > 0 else { return }
    let base = emissions.row(0)
    scored += T
    let terms = terms
    var count = 0
    let stride = emissions.stride
    for index in joints.indices {
      count = joints[index].find(
        numbers, T, words.values, words.valueCount, filter, addingTo: terms, count)
    }
    let rows = UnsafePointer(words.rows)
    let width = words.rowCount
    for group in groupOffsets.indices {
      terms[count] = RowTerm(
        base: rows + group * stride, numbers: UnsafePointer(numbers) + groupOffsets[group],
        width: width)
      count += 1
    }
    add(T, stride, to: base)
  }

  /// Room for the numbers of T words, with those of the places from `before` before the sequence to
  /// `after` behind it; the first word of the sequence is at 0.
  private func padded(_ T: Int) -> UnsafeMutablePointer<Int32> {
    let before = program.before
    let count = before &+ T &+ program.after
    if numbers.count < count {
      numbers.deallocate()
      numbers = .allocate(capacity: count * 3 / 2)
    }
    let first = numbers.baseAddress! + before
    for place in 0..<before { first[place &- before] = Int32(truncatingIfNeeded: place) }
    for place in 0..<program.after {
      first[T &+ place] = Int32(truncatingIfNeeded: before &+ place)
    }
    return first
  }

  /// Sums the terms at each position; a sum is kept in registers until it is whole.
  private func add(_ T: Int, _ stride: Int, to base: UnsafeMutablePointer<Float>) {
    switch stride / 8 {
    case 1: add(Width<1>(), T, stride, to: base)
    case 2: add(Width<2>(), T, stride, to: base)
    case 3: add(Width<3>(), T, stride, to: base)
    case 4: add(Width<4>(), T, stride, to: base)
    case 5: add(Width<5>(), T, stride, to: base)
    case 6: add(Width<6>(), T, stride, to: base)
    case 7: add(Width<7>(), T, stride, to: base)
    case 8: add(Width<8>(), T, stride, to: base)
    default:
      for part in Swift.stride(from: 0, to: stride, by: 8) {
        add(Width<1>(), T, stride, to: base, from: part)
      }
    }
  }

  /// Sums N vectors of the rows, those from value `part` on.
  @inline(__always)
  private func add<let N: Int>(
    _: Width<N>, _ T: Int, _ stride: Int, to base: UnsafeMutablePointer<Float>, from part: Int = 0
  ) {
    let terms = UnsafePointer(terms)
    let termCount = termCount
    let scale = weights.scale
    let padding = part &+ N &* 8 == stride ? padding : Vector(repeating: 0)
    for t in 0..<T {
      var sums = InlineArray<N, SIMD8<Scalar>>(repeating: SIMD8(repeating: .zero))
      for index in 0..<termCount {
        let term = terms[index]
        let row = term.base + (Int(term.numbers[t]) &* term.width &+ part)
        for v in 0..<N {
          let next = UnsafeRawPointer(row + v &* 8).loadUnaligned(as: SIMD8<Scalar>.self)
          sums[v] = Scalar.sum(sums[v], next)
        }
      }
      let target = base + (t &* stride &+ part)
      for v in 0..<N - 1 { Scalar.scores(sums[v], scale: scale).store(to: target + v &* 8) }
      (Scalar.scores(sums[N - 1], scale: scale) + padding).store(to: target + (N - 1) &* 8)
    }
  }
}

private struct Width<let count: Int> {}

/// One row of each position's sum: that of the number `numbers[t]`, from `base` on.
struct RowTerm<Scalar: RowScalar> {
  var base: UnsafePointer<Scalar>
  var numbers: UnsafePointer<Int32>
  /// The numbers from one row to the next one's.
  var width: Int
}
