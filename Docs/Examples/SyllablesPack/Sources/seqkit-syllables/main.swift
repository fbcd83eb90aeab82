import SeqCommand
import SeqKit

SeqCommand.main(PackRegistry([SyllablesPack.self]))
