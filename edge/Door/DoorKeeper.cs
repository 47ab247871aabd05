using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Realtime.Edge.Door;

/// <summary>
/// What stands before TLS on the listeners for strangers: sockets beyond the limits are closed before anything is
/// spent on them, and handshakes pass the gate. The operators' listener has none of it: they get in during a storm.
/// </summary>
internal sealed class DoorKeeper(
    AddressLimits limits, HandshakeGate gate, TrustedProxies proxies, DoorRefusals refusals)
{
    /// <summary>Puts it before TLS, or before a listener without.</summary>
    public void Guard(ListenOptions listen, bool isTls) =>
        listen.Use(next => connection => EnterAsync(connection, isTls, next));

    /// <summary>Says, behind TLS, that a handshake is through.</summary>
    public static void Open(ListenOptions listen) => listen.Use(next => connection =>
    {
        connection.Features.Get<GatedInput>()?.Open();
        return next(connection);
    });

    private async Task EnterAsync(ConnectionContext connection, bool isTls, ConnectionDelegate next)
    {
        AddressGroup? address = connection.RemoteEndPoint is IPEndPoint peer && !proxies.Contains(peer.Address)
            ? AddressGroup.Of(peer.Address)
            : null;
        if (limits.TryAccept(address, out AddressState? taken) is { } refusal)
        {
            refusals.Closed(refusal, address);
            connection.Abort();
            return;
        }

        GatedInput? input = isTls ? Gate(connection, address) : null;
        try
        {
            await next(connection);
        }
        finally
        {
            input?.Open();
            if (taken is not null)
            {
                limits.Leave(taken);
            }
        }
    }

    private GatedInput Gate(ConnectionContext connection, AddressGroup? address)
    {
        var input = new GatedInput(
            connection.Transport.Input, gate, () => refusals.Closed(EdgeRefusal.HandshakeQueue, address));
        connection.Transport = new GatedTransport(connection.Transport, input);
        connection.Features.Set(input);
        return input;
    }
}
