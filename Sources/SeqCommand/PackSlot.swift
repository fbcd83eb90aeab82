internal import SeqPack

/// A type that stands for a pack.
///
/// The argument parser tells commands apart by their types, and packs are values, some of which are
/// known only when the program runs. So commands are generic over a type that knows its pack.
protocol PackSlot {
  /// The pack.
  static var pack: any Pack { get }
}

/// The place of a compiled pack, by its type.
enum CompiledSlot<P: TaskPack>: PackSlot {
  static var pack: any Pack { CompiledPack(P.self) }
}

/// A place in the list of packs: the first is ``FirstPlace``, the second `NextPlace<FirstPlace>`, and so
/// on. The compiler makes one generic command, and the running program as many types of it as there
/// are packs.
protocol ListPlace: PackSlot {
  /// The place in the list, from 0.
  static var index: Int { get }
}

/// The place of the first pack.
enum FirstPlace: ListPlace {
  static var index: Int { 0 }
}

/// The place behind another.
enum NextPlace<Place: ListPlace>: ListPlace {
  static var index: Int { Place.index + 1 }
}

extension ListPlace {
  /// The pack that stands here.
  static var pack: any Pack { Root.context.packs[index] }

  /// The place behind.
  static var next: any ListPlace.Type { NextPlace<Self>.self }
}
