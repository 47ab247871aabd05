using System.Buffers;
using Realtime.Protocol.Messages;

namespace Realtime.Workers.Delivery.Terminals;

/// <summary>Writes terminal messages in each <see cref="TerminalForm"/>.</summary>
internal static class TerminalForms
{
    public const int Count = 3;

    /// <summary>Bytes of a message besides its data and the name of its task, about: header, keys, numbers.</summary>
    public const int OverheadBytes = 180;

    /// <summary>Whether clients of this form read LZ4 blocks.</summary>
    public static bool Compresses(TerminalForm form) => form != TerminalForm.Base64;

    /// <summary>How long a message with so many bytes of data is on the wire, about.</summary>
    public static int WireLength(TerminalForm form, int dataLength) =>
        OverheadBytes + (form == TerminalForm.MessagePack ? dataLength : (dataLength + 2) / 3 * 4);

    /// <summary>The message without what makes it that of one subscription.</summary>
    public static void WriteBody(TerminalForm form, IBufferWriter<byte> output, TerminalMessage message)
    {
        if (form == TerminalForm.MessagePack)
        {
            ServerMessagePack.WriteTerminalBody(output, message);
        }
        else
        {
            ServerMessages.WriteTerminalBody(output, message);
        }
    }

    /// <summary>What goes in behind a body's first byte.</summary>
    public static byte[] Opening(TerminalForm form, string id) => form == TerminalForm.MessagePack
        ? ServerMessagePack.TerminalOpening(id)
        : ServerMessages.TerminalOpening(id);
}
