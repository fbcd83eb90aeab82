internal import ArgumentParser
internal import FoundationEssentials
internal import Glibc
internal import SeqCore
internal import SeqKit
internal import VideoPack

/// How frames come on standard input.
enum LiveInput: String, ExpressibleByArgument, CaseIterable, Sendable {
  /// Frames of 32-bit little-endian floating point, one after another.
  case raw
  /// Arrays .npy [T, D], one after another.
  case npy
  /// A JSON array of numbers a line.
  case jsonl
}

/// When a label is told.
enum LiveLag: ExpressibleByArgument, Sendable, Hashable {
  case exact
  case frames(Int)

  init?(argument: String) {
    if argument == "exact" {
      self = .exact
    } else if let frames = Int(argument), frames >= 0 {
      self = .frames(frames)
    } else {
      return nil
    }
  }
}

/// Options of `--live`.
struct LiveOptions: ParsableArguments {
  @Flag(help: "Tag frames as they come on standard input, a line a frame, until it ends.")
  var live = false

  @Option(help: "How frames come: \(LiveInput.allCases.map(\.rawValue).joined(separator: ", ")).")
  var input = LiveInput.raw

  @Option(
    help: ArgumentHelp(
      """
      Frames that a label waits for, or exact for the best path of all, for models that decode a \
      chain. (default: exact)
      """, valueName: "n"))
  var lag: LiveLag?

  @Flag(help: "Tell the label of the newest frame at once as well, marked provisional.")
  var provisional = false
}

/// Tags a stream.
struct LiveTagging {
  let model: FrameModel
  let options: LiveOptions
  let console: Console

  func run() throws {
    guard let stream = NetworkStream(model.network) else {
      let reason =
        model.reach.after == nil
        ? "runs from the last frame to the first" : "looks at windows of the whole recording"
      throw FrameError.option(
        problem: "the recipe \(model.facts.recipe) \(reason) and cannot tag a stream; train with "
          + "--recipe mstcn-causal or gru-causal")
    }
    let decoder = model.network.decoder
    var chain: OnlineViterbi?
    switch decoder.structure {
    case .independent:
      if options.lag != nil {
        throw FrameError.option(
          problem: "--lag is for models that decode a chain, and this one takes each frame's best "
            + "label")
      }
    case .chain(let steps):
      let frames: Int? = if case .frames(let count)? = options.lag { count } else { nil }
      chain = OnlineViterbi(steps, lag: frames)
    case .segments:
      throw FrameError.option(
        problem: "a decoder of segments needs the whole recording; train with --recipe "
          + "mstcn-causal or hmm for streams")
    }
    console.note(
      "a tag waits for \(stream.lag) frames that the network looks ahead"
        + (chain == nil
          ? ""
          : chain!.lag.map { " and \($0) of the decoder" } ?? " and until all paths agree"))
    let source = LiveSource(options.input, width: model.network.preparation.columns)
    let L = stream.labelCount
    let names = model.labels.map { Array($0.utf8) }
    let step = model.facts.step
    var weighted = [Float](repeating: 0, count: L)
    var output: [UInt8] = []
    var received = 0
    // Labels that are told and not yet written: of used frames, the first of which is `firstUsed`.
    var told: [Label] = []
    var firstUsed = 0
    var written = 0
    func line(_ frame: Int, _ label: Label, _ state: StaticString) {
      output += Array(String(frame).utf8)
      output.append(9)
      output += names[Int(label)]
      state.withUTF8Buffer { output += $0 }
    }
    func tell(_ used: Int, _ label: Label) { told.append(label) }
    /// Writes what is told of the frames that have come; a used frame stands for those it steps over.
    func settle() {
      while written < received, written / step - firstUsed < told.count {
        line(written, told[written / step - firstUsed], "\tfinal\n")
        written += 1
      }
      let done = min(written / step - firstUsed, told.count)
      told.removeFirst(done)
      firstUsed += done
    }
    func take(_ used: Int, _ row: UnsafePointer<Float>) {
      for j in 0..<L { weighted[j] = row[j] * decoder.scale + decoder.offsets[j] }
      if chain != nil {
        chain!.push(weighted, tell: tell)
        settle()
        if options.provisional, chain!.waiting > 0 {
          line(used * step, chain!.provisional, "\tprovisional\n")
        }
      } else {
        var best = 0
        for j in 1..<max(L, 1) where weighted[j] > weighted[best] { best = j }
        tell(used, Label(best))
        settle()
      }
    }
    func flush() throws {
      var from = 0
      while from < output.count {
        let count = output.withUnsafeBytes {
          Glibc.write(STDOUT_FILENO, $0.baseAddress! + from, $0.count - from)
        }
        if count < 0 {
          if errno == EINTR { continue }
          throw FormatError.closedPipe(path: "<stdout>")
        }
        from += count
      }
      output.removeAll(keepingCapacity: true)
    }
    let start = ContinuousClock.now
    while let rows = try source.next() {
      let D = source.width
      let count = rows.count / D
      for (index, value) in rows.enumerated() where !value.isFinite {
        throw FrameError.option(
          problem: "<stdin>: frame \(received + index / D), feature \(index % D) is \(value)")
      }
      if step == 1 {
        received += count
        rows.withUnsafeBufferPointer { stream.push($0.baseAddress!, count: count, emit: take) }
      } else {
        for t in 0..<count {
          received += 1
          guard (received - 1) % step == 0 else { continue }
          rows.withUnsafeBufferPointer {
            stream.push($0.baseAddress! + t * D, count: 1, emit: take)
          }
        }
      }
      settle()
      try flush()
    }
    stream.finish(emit: take)
    if chain != nil { chain!.finish(tell: tell) }
    settle()
    try flush()
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    console.note(
      "\(counted(received, "frame")), \(grouped(Int(Double(received) / max(seconds, 1e-9)))) frames/s"
    )
  }
}

/// Frames from standard input, as many as have come.
private final class LiveSource {
  let format: LiveInput
  let width: Int
  private var waiting: [UInt8] = []
  private var chunk = [UInt8](repeating: 0, count: 1 << 16)
  private var isAtEnd = false
  private var line = 0

  init(_ format: LiveInput, width: Int) {
    self.format = format
    self.width = width
  }

  /// The numbers of some whole frames; `nil` at the end.
  func next() throws -> [Float]? {
    while true {
      let rows = try take()
      if !rows.isEmpty { return rows }
      if isAtEnd {
        guard waiting.allSatisfy({ $0 == 10 || $0 == 13 || $0 == 32 }) else {
          throw FrameError.option(
            problem: "<stdin>: it ends with \(waiting.count) bytes of an unfinished frame; a frame "
              + "has \(width) numbers" + (format == .raw ? " of 4 bytes" : ""))
        }
        return nil
      }
      try read()
    }
  }

  private func read() throws {
    let count = Glibc.read(STDIN_FILENO, &chunk, chunk.count)
    if count < 0 {
      if errno == EINTR { return }
      throw FormatError.cannotOpen(path: "<stdin>", reason: String(cString: strerror(errno)))
    }
    if count == 0 {
      isAtEnd = true
      if format == .jsonl, !waiting.isEmpty, waiting.last != 10 { waiting.append(10) }
    }
    waiting += chunk[..<count]
  }

  private func take() throws -> [Float] {
    switch format {
    case .raw:
      let size = width * 4
      let count = waiting.count / size
      guard count > 0 else { return [] }
      let values = waiting.withUnsafeBytes { bytes in
        (0..<count * width).map { index in
          Float(
            bitPattern: UInt32(
              littleEndian: bytes.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)))
        }
      }
      waiting.removeFirst(count * size)
      return values
    case .npy:
      guard let length = try NPYArray.length(ofArrayIn: waiting, name: "<stdin>"),
        waiting.count >= length
      else { return [] }
      let array = try NPYArray(bytes: Array(waiting[..<length]), name: "<stdin>")
      waiting.removeFirst(length)
      let (frames, found) = try array.size(.framesByFeatures)
      guard found == width else {
        throw FrameError.width(name: "<stdin>", found: found, expected: width)
      }
      return try array.rows(0..<frames, .framesByFeatures).values
    case .jsonl:
      guard let end = waiting.lastIndex(of: 10) else { return [] }
      var values: [Float] = []
      for text in waiting[...end].split(separator: 10, omittingEmptySubsequences: false).dropLast()
      {
        line += 1
        if text.allSatisfy({ $0 == 32 || $0 == 13 || $0 == 9 }) { continue }
        guard let row = try? JSONDecoder().decode([Float].self, from: Data(text)) else {
          throw FrameError.line(
            path: "<stdin>", line: line,
            found: String(decoding: text.prefix(60), as: UTF8.self),
            expected: "a JSON array of \(width) numbers")
        }
        guard row.count == width else {
          throw FrameError.width(name: "<stdin>:\(line)", found: row.count, expected: width)
        }
        values += row
      }
      waiting.removeFirst(end + 1)
      return values
    }
  }
}
