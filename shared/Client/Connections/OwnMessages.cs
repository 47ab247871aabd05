using System.Buffers;
using Realtime.Client.Wire;

namespace Realtime.Client.Connections;

/// <summary>
/// What a connection has to say for itself, at most one message of each kind: asked for by anybody, taken by the send
/// loop.
/// </summary>
internal sealed class OwnMessages(AsyncSignal wake)
{
    private volatile bool _isPingDue;
    private volatile bool _isPongDue;
    private string? _pongNonce;
    private string? _token;

    public void Ping()
    {
        _isPingDue = true;
        wake.Set();
    }

    public void Pong(string? nonce)
    {
        Volatile.Write(ref _pongNonce, nonce);
        _isPongDue = true;
        wake.Set();
    }

    /// <summary>Shows a fresh token.</summary>
    public void Auth(string token)
    {
        Volatile.Write(ref _token, token);
        wake.Set();
    }

    /// <summary>Writes the next one, if there is one.</summary>
    public bool TryWriteNext(IBufferWriter<byte> output)
    {
        if (_isPongDue)
        {
            _isPongDue = false;
            ClientMessages.WriteLiveness(output, "pong", Volatile.Read(ref _pongNonce));
            return true;
        }

        if (_isPingDue)
        {
            _isPingDue = false;
            ClientMessages.WriteLiveness(output, "ping", nonce: null);
            return true;
        }

        if (Interlocked.Exchange(ref _token, null) is { } token)
        {
            ClientMessages.WriteAuth(output, token);
            return true;
        }

        return false;
    }
}
