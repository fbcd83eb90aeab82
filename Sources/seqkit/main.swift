import SeqCommand

SeqCommand.main()
