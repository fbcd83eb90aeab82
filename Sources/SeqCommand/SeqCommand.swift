internal import ArgumentParser

struct Seqkit: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "seqkit")
}

/// Runs the command line of this process and ends it.
public func main() {
  Seqkit.main()
}
