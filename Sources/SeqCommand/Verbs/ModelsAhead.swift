internal import Dispatch
internal import SeqKit
internal import SeqPack
internal import Synchronization

/// The bundled models of a pack, opened on a thread of their own while the arguments are read: both
/// take about as long, and a single sentence waits for nothing else.
final class ModelsAhead: Sendable {
  private let opened = Mutex<Opened?>(nil)
  private let work = DispatchGroup()

  private struct Opened: Sendable {
    var paths: [String]
    var models: Result<[Model], any Error>
  }

  /// Begins to open the models that a call of a pack will ask for; `nil` if it may ask for others or
  /// for none.
  ///
  /// - Parameter arguments: what stands behind the pack's name.
  init?(of pack: any Pack, calledWith arguments: some Collection<String>) {
    guard pack.material == .words || pack.material == .spans, !(pack is DeclarativePack) else {
      return nil
    }
    if let word = arguments.first, word != "tag", PackVerb.names.contains(word) || word == "help" {
      return nil
    }
    // Options that choose models, or do without.
    let choosing = ["-m", "--model", "--layer=", "--rules", "-h", "--help", "--version"]
    guard
      !arguments.contains(where: { argument in choosing.contains { argument.hasPrefix($0) } })
    else { return nil }
    var options = ModelOptions.usual
    options.layer = zip(arguments, arguments.dropFirst()).filter { $0.0 == "--layer" }.map(\.1)
    DispatchQueue.global(qos: .userInitiated).async(group: work) { [self, options] in
      guard let pack = try? OpenPack(pack), let paths = try? options.paths(for: pack) else {
        return
      }
      let models = Result { try Model.open(paths) }
      opened.withLock { $0 = Opened(paths: paths, models: models) }
    }
  }

  /// The models of files, if they are those that were opened; waits for them.
  ///
  /// - Throws: what is wrong with the first that cannot be opened.
  func models(_ paths: [String]) throws -> [Model]? {
    work.wait()
    guard let opened = opened.withLock({ $0 }), opened.paths == paths else { return nil }
    return try opened.models.get()
  }
}
