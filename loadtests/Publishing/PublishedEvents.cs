using System.Text.Json;

namespace Realtime.Loadtests.Publishing;

/// <summary>Reads the body of one <c>POST /v1/events</c> event by event, as bytes.</summary>
internal ref struct PublishedEvents
{
    private readonly ReadOnlySpan<byte> _events;
    private Utf8JsonReader _reader;

    /// <summary>Of an array.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public PublishedEvents(ReadOnlySpan<byte> events)
    {
        _events = events;
        _reader = new Utf8JsonReader(events);
        _reader.Read();
    }

    /// <summary>The next event's agent (empty if it has none), and the whole of it; false if there is none.</summary>
    public bool TryReadNext(out ReadOnlySpan<byte> agent, out ReadOnlySpan<byte> whole)
    {
        agent = default;
        whole = default;
        if (!_reader.Read() || _reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        int start = (int)_reader.TokenStartIndex;
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndObject)
        {
            bool isAgent = _reader.ValueTextEquals("agent"u8);
            _reader.Read();
            if (isAgent)
            {
                agent = _reader.ValueSpan;
            }

            _reader.Skip();
        }

        whole = _events[start..(int)_reader.BytesConsumed];
        return true;
    }
}
