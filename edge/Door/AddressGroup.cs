using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Realtime.Edge.Door;

/// <summary>
/// What counts as one address: that of IPv4, also where IPv6 wraps it; of IPv6 the network of 64 bits, since whoever
/// has one of its addresses has all.
/// </summary>
internal readonly record struct AddressGroup(ulong Network, bool IsIPv6)
{
    public static AddressGroup Of(IPAddress address)
    {
        IPAddress plain = Plain(address);
        Span<byte> bytes = stackalloc byte[16];
        plain.TryWriteBytes(bytes, out _);
        return plain.AddressFamily == AddressFamily.InterNetworkV6
            ? new(BinaryPrimitives.ReadUInt64BigEndian(bytes), IsIPv6: true)
            : new(BinaryPrimitives.ReadUInt32BigEndian(bytes), IsIPv6: false);
    }

    /// <summary>IPv4 as itself, however a socket of both families shows it.</summary>
    public static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    /// <summary>For logs: the address, or the network of 64 bits.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        if (!IsIPv6)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)Network);
            return new IPAddress(bytes[..4]).ToString();
        }

        BinaryPrimitives.WriteUInt64BigEndian(bytes, Network);
        return $"{new IPAddress(bytes)}/64";
    }
}
