using Realtime.Protocol.Tokens;

namespace Realtime.Protocol.Messages;

/// <summary>Takes the messages of one frame: those of viewers and those of producers have different ops.</summary>
internal interface IMessageSink
{
    /// <summary>Whether messages of this op are read; others are skipped.</summary>
    bool Knows(string op);

    /// <summary>Reads one message; the reader stands at its start, and must stand at its end afterwards.</summary>
    void Add<TReader>(string op, ref TReader reader)
        where TReader : struct, ITokenReader, allows ref struct;
}
