public import SeqCore

/// What a user or a file can cause while records are read or written.
public enum FormatError: Error, Hashable, Sendable {
  /// A file could not be opened; the reason is the system's.
  case cannotOpen(path: String, reason: String)
  /// A folder stands where a file is wanted.
  case isDirectory(path: String)
  /// Reading failed after the file was opened.
  case readFailed(path: String, reason: String)
  /// There is not one byte to read.
  case empty(source: String)
  /// The compressed data end before their end mark.
  case truncatedCompression(source: String)
  /// The compressed data are damaged, or something else follows them. `tool` checks such files.
  case damagedCompression(source: String, tool: String, reason: String)
  /// The bytes are not UTF-8.
  case notUTF8(at: Place, byte: UInt8)
  /// A NUL byte, which no text has.
  case nulByte(at: Place)
  /// A line with too few or too many fields.
  case fieldCount(at: Place, found: Int, declared: [String], hint: FieldHint?)
  /// The first field of a CoNLL-U line is not a word's number, a span of them or an empty node's.
  case wordID(at: Place, found: String)
  /// A line that is not JSON, or has another value than is wanted.
  case json(at: Place, expected: String)
  /// A token whose place in the text is wrong.
  case token(at: Place, position: Int, fault: TokenFault)
  /// A span whose place in the text is wrong, by its number in the record, from 1.
  case span(at: Place, number: Int, fault: SpanPlaceFault)
  /// A label that breaks the rules of its tagging scheme.
  case spanLabel(at: Place, SpanFault)
  /// A line of a brat file that is not as brat has it.
  case annotation(at: Place, expected: String)
  /// The format is two files, and there is one.
  case pairNeeded(path: String, missing: String)
  /// The format can be written but not read.
  case writeOnly(format: String)
  /// No format has this name.
  case unknownFormat(String, known: [String])
  /// Neither name nor content tell the format of a source.
  case undetected(source: String, known: [String])
  /// The format of column files needs the names of the columns.
  case columnsNeeded(source: String)
  /// A line of a CRFsuite file that begins with `@` but is no weight.
  case declaration(at: Place, found: String)
  /// A row of events that does not have the fields it should.
  case rows(source: String, line: Int, problem: String)
  /// Something that FASTA does not have.
  case fasta(at: Place, FASTAFault)
  /// Something that labelled residues do not have.
  case labels(at: Place, LabelFault)
  /// The names given to columns make no sense.
  case columnNames([String], ColumnFault)
  /// A record longer than offsets of 32 bits can say.
  case recordTooLong(at: Place)
  /// The format has no place for a layer of the record.
  case unwritableLayer(at: Place, format: String, layer: String, known: [String])
  /// The format lacks a layer that it cannot do without.
  case missingLayer(at: Place, format: String, layer: String)
  /// The format cannot hold a value: it has the separator, a line end, or nothing in it.
  case unwritableValue(at: Place, format: String, layer: String, position: Int, value: String)
  /// The disk, or the user's share of it, is full.
  case diskFull(path: String)
  /// The program that read our output has gone.
  case closedPipe(path: String)
  /// Writing failed for another reason.
  case writeFailed(path: String, reason: String)
}

extension FormatError {
  /// What is wrong with the names of columns.
  public enum ColumnFault: String, Hashable, Sendable {
    /// There is no name, or none but `_`.
    case noName = "at least one column needs a name other than _"
    /// A name is empty.
    case emptyName = "a name is empty; _ stands for a column that is not read"
    /// A name is given twice.
    case twice = "a name stands twice"
    /// Only the last column, and not the first, can take the rest of the line.
    case restFirst = "only the last of several columns can end in *"
  }
}

extension FormatError {
  /// What is wrong with a token of running text.
  public enum TokenFault: String, Hashable, Sendable {
    /// Its offsets are not in the text.
    case outside =
      "has offsets outside the text; do they count characters? Say \"offsets\":\"characters\""
    /// It begins before the one before it ends.
    case overlap = "begins before the token before it ends"
    /// Its form is not what stands there.
    case otherText =
      "has another form than the text at its offsets; do they count characters? Say \"offsets\":\"characters\""
    /// It begins or ends inside a character.
    case insideCharacter =
      "begins or ends inside a character; do its offsets count characters? Say \"offsets\":\"characters\""
    /// It does not follow the one before it in the text.
    case notInText = "does not stand in the text behind the token before it"
    /// It has neither a form nor offsets into a text.
    case noText = "has neither a form nor a start and an end in a text"
  }
}

extension FormatError {
  /// What is wrong with a span over a text.
  public enum SpanPlaceFault: Hashable, Sendable {
    /// It is empty or ends before it starts.
    case order(start: Int, end: Int)
    /// It does not lie in a text of so many units.
    case outside(start: Int, end: Int, length: Int, unit: OffsetUnit)
    /// It begins or ends inside a character.
    case insideCharacter(start: Int, end: Int, unit: OffsetUnit)
    /// The text at its offsets is not what it says.
    case otherText(found: String, expected: String, unit: OffsetUnit)
    /// It has no type.
    case noType
  }
}

extension FormatError.SpanPlaceFault: CustomStringConvertible {
  /// The fault as the end of a sentence that begins with the span.
  public var description: String {
    switch self {
    case .order(let start, let end): "ends (\(end)) at or before its start (\(start))."
    case .outside(let start, let end, let length, let unit):
      "is \(start)..<\(end), but the text has \(length) \(unit.rawValue). Do its offsets count "
        + "something else? (\(unit.others))"
    case .insideCharacter(let start, let end, let unit):
      "begins or ends inside a character at \(start)..<\(end). Do its offsets count something else "
        + "than \(unit.rawValue)? (\(unit.others))"
    case .otherText(let found, let expected, let unit):
      "has the text “\(expected)”, but at its offsets stands “\(found)”. Do they count something "
        + "else than \(unit.rawValue)? (\(unit.others))"
    case .noType: "has no label."
    }
  }
}

extension OffsetUnit {
  fileprivate var others: String {
    Self.allCases.filter { $0 != self }.map(\.rawValue).joined(separator: ", ")
  }
}

/// A place in a source, as error messages name it.
public struct Place: Hashable, Sendable, CustomStringConvertible {
  /// The file's path, or `<stdin>`.
  public var source: String
  /// The line, from 1.
  public var line: Int
  /// The byte of the line, from 1, if it is known.
  public var column: Int?

  /// Makes a place from its parts.
  public init(source: String, line: Int, column: Int? = nil) {
    self.source = source
    self.line = line
    self.column = column
  }

  /// The place where a record starts.
  public init(_ provenance: Provenance) {
    self.init(source: provenance.source, line: provenance.line)
  }

  /// `file:line` or `file:line:column`.
  public var description: String {
    "\(source):\(line)" + (column.map { ":\($0)" } ?? "")
  }
}

/// What the number of fields suggests.
public enum FieldHint: Hashable, Sendable {
  /// The line would fit if it were split at spaces.
  case spaces
  /// The line would fit if it were split at tabs.
  case tabs
}

extension FormatError: CustomStringConvertible {
  /// The error as a sentence: place, what was found, what was expected, what to try.
  public var description: String {
    switch self {
    case .cannotOpen(let path, let reason): "\(path): cannot be opened: \(reason)."
    case .isDirectory(let path): "\(path): this is a folder. Name the files in it."
    case .readFailed(let path, let reason): "\(path): reading failed: \(reason)."
    case .empty(let source): "\(source): there is nothing in it, not one byte."
    case .truncatedCompression(let source):
      "\(source): the compressed data end too early. Was the file copied completely?"
    case .damagedCompression(let source, let tool, let reason):
      "\(source): the compressed data are damaged (\(reason)). `\(tool) -t` checks a file."
    case .notUTF8(let place, let byte):
      "\(place): byte 0x\(hexadecimal(byte)) is not UTF-8. "
        + (place.line == 1 && byte >= 0xFE
          ? "Is the file UTF-16? `iconv -f utf-16 -t utf-8` converts it."
          : "Is the file Latin-1? `iconv -f latin1 -t utf-8` converts it.")
    case .nulByte(let place):
      "\(place): a NUL byte, which text does not have. Is the file UTF-16, or not text at all?"
    case .fieldCount(let place, let found, let declared, let hint):
      "\(place): \(found) field\(found == 1 ? "" : "s") where \(declared.count) "
        + "\(declared.count == 1 ? "is" : "are") declared (\(declared.joined(separator: " ")))."
        + hint.sentence
    case .wordID(let place, let found):
      "\(place): \"\(found)\" is no word number. Expected 1, 2, … or 1-2 or 1.1 in the first field."
    case .json(let place, let expected):
      "\(place): not as JSON Lines have it: expected \(expected)."
    case .token(let place, let position, let fault):
      "\(place): token \(position + 1) \(fault.rawValue)."
    case .span(let place, let number, let fault): "\(place): span \(number) \(fault)"
    case .spanLabel(let place, let fault): "\(place): \(fault)"
    case .annotation(let place, let expected): "\(place): expected \(expected)."
    case .pairNeeded(let path, let missing):
      "\(path): brat stand-off is two files beside each other; \(missing) is missing."
    case .writeOnly(let format):
      "The format \(format) can be written but not read: --format, not --input-format, takes it."
    case .unknownFormat(let name, let known):
      "There is no format \(name)."
        + (nearestName(to: name, among: known).map { " Is \($0) meant?" } ?? "")
        + " Known: " + known.joined(separator: ", ") + "."
    case .undetected(let source, let known):
      "\(source): neither name nor content tell the format. Name it: "
        + known.joined(separator: ", ") + "."
    case .rows(let source, let line, let problem):
      "\(source):\(line): \(problem)."
    case .columnsNeeded(let source):
      "\(source): column files need the names of their columns, such as form,upos."
    case .declaration(let place, let found):
      "\(place): unknown declaration \(found); @weight is the only one. A label cannot begin with @."
    case .fasta(let place, let fault): "\(place): \(fault)"
    case .labels(let place, let fault): "\(place): \(fault)"
    case .columnNames(let names, let fault):
      "Columns \(names.joined(separator: ",")): \(fault.rawValue)."
    case .recordTooLong(let place):
      "\(place): a record of more than 4 GiB starts here. Is a blank line missing after records?"
    case .unwritableLayer(let place, let format, let layer, let known):
      "\(place): \(format) has no place for the layer \(layer); it has "
        + known.joined(separator: ", ") + "."
        + (nearestName(to: layer, among: known).map { " Is \($0) meant?" } ?? "")
    case .missingLayer(let place, let format, let layer):
      "\(place): \(format) needs the layer \(layer), which this record does not have."
    case .unwritableValue(let place, let format, let layer, let position, let value):
      "\(place): \(format) cannot hold \"\(escaped(value))\", the \(layer) of item \(position + 1)."
    case .diskFull(let path):
      "\(path): the disk is full, so the output is incomplete. Free space and run again."
    case .closedPipe(let path): "\(path): the program that read the output has gone."
    case .writeFailed(let path, let reason): "\(path): writing failed: \(reason)."
    }
  }

  private func hexadecimal(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return digits.count < 2 ? "0" + digits : digits
  }

  private func escaped(_ value: String) -> String {
    var result = ""
    for scalar in value.unicodeScalars.prefix(60) { result += scalar.escaped(asASCII: false) }
    return result
  }
}

extension FieldHint? {
  fileprivate var sentence: String {
    switch self {
    case .spaces: " Is the separator a space instead of a tab?"
    case .tabs: " Is the separator a tab instead of spaces?"
    case nil: ""
    }
  }
}
