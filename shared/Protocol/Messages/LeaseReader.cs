using System.Text.Json;
using System.Text.Unicode;
using Realtime.Protocol.MessagePack;
using Realtime.Protocol.Tokens;

namespace Realtime.Protocol.Messages;

/// <summary>
/// Reads the body of <c>POST /v1/leases</c> and <c>POST /v1/leases/release</c>: the fields of <c>lease</c> and
/// <c>release</c> on a socket, by the same rules.
/// </summary>
public static class LeaseReader
{
    private const int DepthMax = 8;

    /// <summary>Reads a body. False with all that is wrong; its size must have been limited before.</summary>
    /// <param name="body">The body.</param>
    /// <param name="isMessagePack">In which form; else JSON.</param>
    /// <param name="isRelease">Whether a lease is given back; then a time to live means nothing.</param>
    /// <param name="lease">What it says.</param>
    /// <param name="errors">What is wrong, by field; of the body as a whole without a field.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> body, bool isMessagePack, bool isRelease, out LeaseRequest? lease,
        out IReadOnlyList<FieldError> errors)
    {
        var fields = new ProducerFieldReader();
        bool isObject = isMessagePack
            ? ReadMessagePack(body, fields, Expected(isRelease))
            : ReadJson(body, fields, Expected(isRelease));
        errors = isObject
            ? fields.Errors.List
            : [new FieldError(string.Empty, ErrorCodes.BadRequest, "must be one object of JSON or MessagePack")];
        lease = errors.Count == 0 ? fields.Lease : null;
        return lease is not null;
    }

    private static ProducerField Expected(bool isRelease) => isRelease ? ProducerField.Release : ProducerField.Lease;

    private static bool ReadJson(ReadOnlySpan<byte> utf8, ProducerFieldReader fields, ProducerField expected)
    {
        if (!Utf8.IsValid(utf8))
        {
            return false;
        }

        try
        {
            var reader = new JsonTokenReader(utf8, DepthMax);
            return Read(ref reader, fields, expected);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool ReadMessagePack(ReadOnlySpan<byte> body, ProducerFieldReader fields, ProducerField expected)
    {
        if (MessagePackCheck.Find(body, DepthMax, out _) != MessagePackFault.None)
        {
            return false;
        }

        var reader = new MessagePackTokenReader(body);
        return Read(ref reader, fields, expected);
    }

    private static bool Read<TReader>(ref TReader reader, ProducerFieldReader fields, ProducerField expected)
        where TReader : struct, ITokenReader, allows ref struct
    {
        reader.Read();
        if (reader.Kind != TokenKind.StartMap)
        {
            return false;
        }

        fields.Read(ref reader, expected);
        return !reader.Read();
    }
}
