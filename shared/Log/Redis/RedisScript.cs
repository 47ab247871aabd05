using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Realtime.Log.Redis;

/// <summary>A Lua script of this assembly. Each names its keys, arguments and reply in its first lines.</summary>
internal sealed class RedisScript
{
    public static readonly RedisScript BudgetSettle = new("budget_settle");
    public static readonly RedisScript Describe = new("describe");
    public static readonly RedisScript LayoutReplace = new("layout_replace");
    public static readonly RedisScript LeaseAdmit = new("lease_admit");
    public static readonly RedisScript LeaseDue = new("lease_due");
    public static readonly RedisScript LeaseLost = new("lease_lost");
    public static readonly RedisScript LeaseRelease = new("lease_release");
    public static readonly RedisScript LeaseSealed = new("lease_sealed");
    public static readonly RedisScript LeaseTake = new("lease_take");
    public static readonly RedisScript Memory = new("memory");
    public static readonly RedisScript Open = new("open");
    public static readonly RedisScript PartitionClock = new("partition_clock");
    public static readonly RedisScript PlaceEnter = new("place_enter");
    public static readonly RedisScript PlaceReport = new("place_report");
    public static readonly RedisScript Read = new("read");
    public static readonly RedisScript ReadBack = new("read_back");
    public static readonly RedisScript Renew = new("renew");
    public static readonly RedisScript Report = new("report");
    public static readonly RedisScript RevocationAdd = new("revocation_add");
    public static readonly RedisScript RevocationRead = new("revocation_read");
    public static readonly RedisScript RevocationRemove = new("revocation_remove");
    public static readonly RedisScript SweepStream = new("sweep_stream");
    public static readonly RedisScript TerminalAdmit = new("terminal_admit");
    public static readonly RedisScript TerminalAppend = new("terminal_append");
    public static readonly RedisScript TerminalClaim = new("terminal_claim");
    public static readonly RedisScript TerminalEnd = new("terminal_end");
    public static readonly RedisScript TerminalEnded = new("terminal_ended");
    public static readonly RedisScript TerminalList = new("terminal_list");
    public static readonly RedisScript TerminalRead = new("terminal_read");
    public static readonly RedisScript TerminalReport = new("terminal_report");
    public static readonly RedisScript TerminalResize = new("terminal_resize");
    public static readonly RedisScript TerminalSweep = new("terminal_sweep");
    public static readonly RedisScript TerminalUnclaim = new("terminal_unclaim");
    public static readonly RedisScript TerminalsDue = new("terminals_due");
    public static readonly RedisScript TicketAdd = new("ticket_add");
    public static readonly RedisScript TicketAdmit = new("ticket_admit");
    public static readonly RedisScript TicketTake = new("ticket_take");

    private const string Include = "-- include ";

    private RedisScript(string name)
        : this(name, Load(name + ".lua"))
    {
    }

    private RedisScript(string name, string text)
    {
        Name = name;
        Text = text;
        Hash = HashOf(text);
    }

    /// <summary>Its file's name, without the ending.</summary>
    public string Name { get; }

    /// <summary>The script, with what it includes.</summary>
    public string Text { get; }

    /// <summary>The name by which Redis knows it once it was sent there.</summary>
    public byte[] Hash { get; }

    /// <summary>
    /// A script with constants in front of it: what never changes need not be sent, and taken apart, with each call.
    /// </summary>
    public static RedisScript With(string name, params ReadOnlySpan<(string Name, long Value)> constants)
    {
        var text = new StringBuilder();
        foreach ((string constant, long value) in constants)
        {
            text.Append(CultureInfo.InvariantCulture, $"local {constant} = {value}\n");
        }

        return new RedisScript(name, text.Append(Load(name + ".lua")).ToString());
    }

    // SHA-1 is what Redis names scripts by; nothing is protected by it.
#pragma warning disable CA5350
    private static byte[] HashOf(string text) => SHA1.HashData(Encoding.UTF8.GetBytes(text));
#pragma warning restore CA5350

    private static string Load(string file)
    {
        Assembly assembly = typeof(RedisScript).Assembly;
        using Stream stream = assembly.GetManifestResourceStream($"{typeof(RedisScript).Namespace}.Scripts.{file}")
            ?? throw new InvalidOperationException($"The script {file} is not in {assembly.GetName().Name}.");
        using var reader = new StreamReader(stream);
        string text = reader.ReadToEnd();
        if (!text.StartsWith(Include, StringComparison.Ordinal))
        {
            return text;
        }

        string first = text[..text.IndexOf('\n', StringComparison.Ordinal)];
        return Load(first[Include.Length..].Trim()) + text[first.Length..];
    }
}
