using System.Text.Json;
using Realtime.Client.Wire;
using Realtime.Protocol;

namespace Realtime.Client.Http;

/// <summary>Reads pages of events and values from answers.</summary>
internal sealed class PageReader
{
    private readonly ServerMessage _message = new();

    private PageReader()
    {
    }

    public List<AgentEvent> Events { get; } = [];

    public List<EventGap> Gaps { get; } = [];

    public List<AgentValues> Agents { get; } = [];

    public IReadOnlyList<EventPosition> Next { get; private set; } = [];

    public IReadOnlyList<EventPosition> Cursor { get; private set; } = [];

    public IReadOnlyList<EventPosition> Before { get; private set; } = [];

    public bool More { get; private set; }

    /// <summary>Reads an answer, whichever page it is.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static PageReader Read(ReadOnlySpan<byte> body)
    {
        try
        {
            return ReadBody(body);
        }
        catch (InvalidOperationException failure)
        {
            throw new JsonException("text that is not UTF-8", failure);
        }
    }

    private static PageReader ReadBody(ReadOnlySpan<byte> body)
    {
        var page = new PageReader();
        var reader = new Utf8JsonReader(body, ServerMessageReader.Options);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            page.ReadField(ref reader, name);
        }

        return page;
    }

    private void ReadField(ref Utf8JsonReader reader, string name)
    {
        switch (name)
        {
            case "events" when reader.TokenType == JsonTokenType.StartArray:
                while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
                {
                    ReadEvent(ref reader, Events.Add);
                }

                break;
            case "gaps" when reader.TokenType == JsonTokenType.StartArray:
                while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
                {
                    ServerMessageReader.ReadObject(ref reader, _message);
                    if (_message.TakeEventGap() is { } gap)
                    {
                        Gaps.Add(gap);
                    }
                }

                break;
            case "agents" when reader.TokenType == JsonTokenType.StartArray:
                while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
                {
                    ReadAgent(ref reader);
                }

                break;
            case "next": Next = ReadCursor(ref reader); break;
            case "cursor": Cursor = ReadCursor(ref reader); break;
            case "before": Before = ReadCursor(ref reader); break;
            case "more": More = reader.TokenType == JsonTokenType.True; break;
            default: reader.Skip(); break;
        }
    }

    private void ReadAgent(ref Utf8JsonReader reader)
    {
        string? agent = null;
        var values = new Dictionary<string, AgentEvent>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isValues = reader.ValueTextEquals("values"u8);
            bool isAgent = reader.ValueTextEquals("agent"u8);
            reader.Read();
            if (isAgent)
            {
                agent = ServerMessageReader.ReadText(ref reader);
            }
            else if (isValues && reader.TokenType == JsonTokenType.StartObject)
            {
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    string key = reader.GetString()!;
                    reader.Read();
                    ReadEvent(ref reader, value => values[key] = value);
                }
            }
            else
            {
                reader.Skip();
            }
        }

        Agents.Add(new AgentValues(agent ?? throw new JsonException("an agent without its name"), values));
    }

    private void ReadEvent(ref Utf8JsonReader reader, Action<AgentEvent> add)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("an event that is no object");
        }

        ServerMessageReader.ReadObject(ref reader, _message);
        AgentEvent? read = _message.TakeEvent(out bool isValid);
        if (!isValid)
        {
            throw new JsonException("an event without id, channel, type or payload");
        }

        if (read is not null)
        {
            add(read);
        }
    }

    private List<EventPosition> ReadCursor(ref Utf8JsonReader reader)
    {
        _message.Clear();
        ServerMessageReader.ReadPositions(ref reader, _message);
        return _message.HasBadPosition
            ? throw new JsonException("a cursor with what is no position")
            : [.. _message.Cursor];
    }
}
