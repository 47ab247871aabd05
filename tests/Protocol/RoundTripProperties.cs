using FsCheck;
using FsCheck.Fluent;
using Realtime.Protocol;
using Realtime.Protocol.MessagePack;
using Realtime.Protocol.Subscriptions;
using Realtime.Protocol.WebSockets;
using Realtime.Tests.Support;

namespace Realtime.Tests.Protocol;

/// <summary>What holds for every value, tried on generated ones.</summary>
public sealed class RoundTripProperties
{
    [Fact]
    public void Positions_come_back_from_their_text_and_from_their_bytes() =>
        Prop.ForAll<ushort, long, long>((partition, ms, offset) =>
        {
            var entry = new EntryId(ms & long.MaxValue, offset & long.MaxValue);
            var position = new EventPosition(partition % (EventPosition.PartitionMax + 1), entry, Epoch.Create());
            Span<byte> utf8 = stackalloc byte[EventPosition.TextLengthMax];
            return EventPosition.TryParse(position.ToString(), out EventPosition read) && read == position
                && position.TryFormat(utf8, out int length)
                && System.Text.Encoding.ASCII.GetString(utf8[..length]) == position.ToString()
                && !position.TryFormat(utf8[..(length - 1)], out _);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Numbers_come_back_from_messagepack() =>
        Prop.ForAll<long, double, float>((whole, wide, narrow) =>
        {
            var reader = new MessagePackReader(Bytes.Of(o =>
            {
                MessagePackWriter.WriteInteger(o, whole);
                MessagePackWriter.WriteInteger(o, (ulong)whole);
                MessagePackWriter.WriteDouble(o, wide);
                MessagePackWriter.WriteSingle(o, narrow);
            }));
            return reader.TryReadInt64(out long first) && first == whole
                && reader.TryReadUInt64(out ulong second) && second == (ulong)whole
                && reader.TryReadDouble(out double third) && third.Equals(wide)
                && reader.TryReadSingle(out float fourth) && fourth.Equals(narrow)
                && reader.IsAtEnd;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_pattern_intersected_matches_just_what_both_match()
    {
        Gen<string> text = Gen.Elements("a", "b", "ab", "a*", "ab*", "abc*", "*", "abc", "b*");
        Gen<string> name = Gen.Elements("a", "b", "ab", "abc", "abcd", "ba");
        Prop.ForAll(text.ToArbitrary(), text.ToArbitrary(), name.ToArbitrary(), (left, right, candidate) =>
        {
            _ = NamePattern.TryParse(left, out NamePattern one);
            _ = NamePattern.TryParse(right, out NamePattern other);
            bool both = one.TryIntersect(other, out NamePattern intersection) && intersection.Matches(candidate);
            return both == (one.Matches(candidate) && other.Matches(candidate));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_mask_is_undone_in_pieces_of_any_size() =>
        Prop.ForAll<byte[], uint, byte>((data, key, cut) =>
        {
            byte[] masked = [.. data];
            WebSocketMask.Apply(masked, key, 0);
            int at = Math.Min(cut, masked.Length);
            WebSocketMask.Apply(masked.AsSpan(at), key, at);
            WebSocketMask.Apply(masked.AsSpan(0, at), key, 0);
            return masked.AsSpan().SequenceEqual(data);
        }).QuickCheckThrowOnFailure();
}
