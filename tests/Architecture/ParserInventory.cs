using Realtime.Client.Http;
using Realtime.Client.Subscriptions;
using Realtime.Client.Wire;
using Realtime.Edge.Admin;
using Realtime.Edge.Admin.Workers;
using Realtime.Edge.Auth;
using Realtime.Edge.Door;
using Realtime.Edge.Forwarding.Tunnels;
using Realtime.Edge.Origins;
using Realtime.Edge.Pages;
using Realtime.Edge.Tls;
using Realtime.Hosting.Configuration;
using Realtime.Hosting.Health;
using Realtime.Hosting.Identity;
using Realtime.Hosting.Identity.Jwks;
using Realtime.Log.Redis;
using Realtime.Log.Redis.Repartitioning;
using Realtime.Log.Revocations;
using Realtime.Protocol;
using Realtime.Protocol.Compression;
using Realtime.Protocol.Events;
using Realtime.Protocol.MessagePack;
using Realtime.Protocol.Messages;
using Realtime.Protocol.Subscriptions;
using Realtime.Protocol.WebSockets;
using Realtime.Tests.Client;
using Realtime.Tests.Edge;
using Realtime.Tests.Edge.Tunnels;
using Realtime.Tests.Hosting.Configuration;
using Realtime.Tests.Hosting.Health;
using Realtime.Tests.Hosting.Identity;
using Realtime.Tests.Hosting.Identity.Jwks;
using Realtime.Tests.Log;
using Realtime.Tests.Protocol;
using Realtime.Tests.Protocol.Compression;
using Realtime.Tests.Protocol.Events;
using Realtime.Tests.Protocol.MessagePack;
using Realtime.Tests.Protocol.Messages;
using Realtime.Tests.Protocol.Subscriptions;
using Realtime.Tests.Protocol.WebSockets;
using Realtime.Tests.Workers.Queries;
using Realtime.Tests.Workers.Terminals;
using Realtime.Tests.Workers.Tickets;
using Realtime.Workers.Answers;
using Realtime.Workers.Connections;
using Realtime.Workers.Ingest;
using Realtime.Workers.Queries;
using Realtime.Workers.Repartitioning;
using Realtime.Workers.Terminals;
using Realtime.Workers.Tickets;

namespace Realtime.Tests.Architecture;

/// <summary>Every reader of foreign bytes, and what fuzzes it. A new one must be added, or the tests fail.</summary>
internal static class ParserInventory
{
    /// <summary>The readers in C#.</summary>
    public static readonly IReadOnlyList<FuzzedParser> All =
    [
        // Frames and messages of clients and producers.
        Of<WebSocketFuzzTests>(
            "frames of clients", typeof(WebSocketMessageReader),
            nameof(WebSocketFuzzTests.Damaged_frames_end_in_one_way_and_cost_no_more_than_the_limit)),
        Of<WebSocketFuzzTests>(
            "headers of frames", typeof(WebSocketFrameHeader),
            nameof(WebSocketFuzzTests.Damaged_frames_end_in_one_way_and_cost_no_more_than_the_limit)),
        Of<ClientMessageReaderTests>(
            "messages of clients, JSON", typeof(ClientMessageReader),
            nameof(ClientMessageReaderTests.Random_damage_never_throws)),
        Of<ClientMessageReaderTests>(
            "frames with many messages", typeof(MessageFrame),
            nameof(ClientMessageReaderTests.Random_damage_never_throws)),
        Of<ClientMessagePackReaderTests>(
            "messages of clients, MessagePack", typeof(ClientMessageReader),
            nameof(ClientMessagePackReaderTests.Random_damage_never_throws)),
        Of<ProducerMessageReaderTests>(
            "messages of producers, both forms", typeof(ProducerMessageReader),
            nameof(ProducerMessageReaderTests.Damage_never_throws_and_nothing_reaches_beyond_the_frame)),
        Of<LeaseFuzzTests>(
            "bytes of terminals as base64", typeof(TerminalData),
            nameof(LeaseFuzzTests.Damaged_base64_is_decoded_as_by_the_framework_or_not_at_all)),
        Of<MessagePackFuzzTests>(
            "MessagePack", typeof(MessagePackReader),
            nameof(MessagePackFuzzTests.Damaged_values_are_passed_over_just_if_they_can_be_read)),
        Of<Lz4FuzzTests>(
            "LZ4 blocks", typeof(Lz4Block),
            nameof(Lz4FuzzTests.Random_blocks_give_what_they_say_or_nothing_and_never_more)),
        Of<Lz4FuzzTests>(
            "LZ4 in MessagePack", typeof(Lz4Extension),
            nameof(Lz4FuzzTests.Damaged_extensions_are_read_whole_or_not_at_all)),
        Of<SafePointTests>(
            "output of terminals", typeof(VtScanner),
            nameof(SafePointTests.Whatever_the_bytes_it_is_one_of_their_places_and_soon_found)),

        // Bodies.
        Of<PublishReaderTests>(
            "events to publish, JSON", typeof(PublishReader),
            nameof(PublishReaderTests.Random_damage_never_throws)),
        Of<PublishMessagePackTests>(
            "events to publish, MessagePack", typeof(PublishReader),
            nameof(PublishMessagePackTests.Random_damage_never_throws_and_what_is_taken_can_be_shown_as_json)),
        Of<LeaseFuzzTests>(
            "bodies of leases, both forms", typeof(LeaseReader),
            nameof(LeaseFuzzTests.Damaged_leases_are_read_or_all_that_is_wrong_is_told)),

        // Names, cursors and filters, in messages and queries.
        Of<EventFilterReaderTests>(
            "filters", typeof(EventFilterReader), nameof(EventFilterReaderTests.Random_damage_never_throws)),
        Of<CursorTextTests>(
            "cursors", typeof(CursorText),
            nameof(CursorTextTests.Random_damage_never_throws_and_what_is_read_is_written_alike)),
        OfText("patterns", typeof(NamePattern)),
        OfText("ids of events", typeof(EventPosition)),
        OfText("ids of entries", typeof(EntryId)),
        OfText("epochs", typeof(Epoch)),
        OfText("names of channels", typeof(ChannelNames)),
        OfText("places in terminals", typeof(TerminalFrom)),

        // Queries and headers.
        OfQuery("queries of clients", typeof(QueryReader)),
        OfQuery("queries and Last-Event-ID of subscriptions", typeof(QuerySubscription)),
        OfQuery("heartbeat", typeof(HeartbeatQuery)),
        Of<QueryFuzzTests>(
            "queries of terminals", typeof(TerminalQuery),
            nameof(QueryFuzzTests.A_damaged_query_of_a_terminal_is_read_or_all_that_is_wrong_is_told)),
        Of<QueryFuzzTests>(
            "queries of producers", typeof(ClaimQuery),
            nameof(QueryFuzzTests.A_damaged_query_of_a_terminal_is_read_or_all_that_is_wrong_is_told)),
        Of<QueryFuzzTests>(
            "Content-Type and Accept", typeof(MediaTypes),
            nameof(QueryFuzzTests.Damaged_headers_choose_a_form_and_throw_nothing)),
        Of<RequestFuzzTests>(
            "Authorization, subprotocols, access_token", typeof(RequestToken),
            nameof(RequestFuzzTests.Wherever_a_damaged_request_has_its_token_what_is_taken_is_gone)),
        Of<RequestFuzzTests>(
            "tickets", typeof(TicketForm),
            nameof(RequestFuzzTests.A_damaged_ticket_is_asked_about_only_if_it_has_the_form_of_one)),
        Of<RequestFuzzTests>(
            "X-Forwarded-For, and configured networks", typeof(TrustedProxies),
            nameof(RequestFuzzTests.Whoever_a_damaged_header_names_only_a_trusted_proxy_is_believed)),
        OfHeader("Accept-Encoding", typeof(AcceptedEncoding)),
        OfHeader("configured origins", typeof(AllowedOrigin)),
        OfHeader("configured addresses", typeof(ListenAddress)),
        OfOperator("queries of operators", typeof(AdminQuery)),
        OfOperator("orders of operators", typeof(DrainOrderQuery)),

        // What a worker answers to the edge.
        Of<AnswerHeadTests>(
            "heads of workers' answers to upgrades", typeof(AnswerHead),
            nameof(AnswerHeadTests.Damaged_answers_are_read_or_none_and_nothing_in_them_ends_a_line)),
        Of<AnswerBodyTests>(
            "bodies of workers' refusals of upgrades", typeof(AnswerBody),
            nameof(AnswerBodyTests.Damaged_bodies_are_read_or_none_and_never_longer_than_what_was_sent)),

        // Tokens, keys, stamps.
        OfToken("tokens", typeof(TokenVerifier)),
        OfToken("tokens' parts", typeof(CompactToken)),
        Of<JwksDocumentTests>(
            "key sets", typeof(JwksDocument), nameof(JwksDocumentTests.Damaged_documents_are_never_more_than_refused)),
        OfStamp("identities between edge and worker", typeof(IdentityStamp)),
        OfStamp("operators' words between edge and worker", typeof(OperatorStamp)),
        Of<StampFuzzTests>(
            "scopes", typeof(Grants),
            nameof(StampFuzzTests.A_damaged_scope_gives_grants_within_the_limits_and_reads_alike_again)),
        Of<ReadinessFuzzTests>(
            "what workers say of themselves", typeof(ReadinessReport),
            nameof(ReadinessFuzzTests.Damaged_reports_are_read_or_none)),

        // Files and the store.
        Of<ConfigurationFuzzTests>(
            "realtime.yaml", typeof(YamlFile),
            nameof(ConfigurationFuzzTests.Damaged_files_are_read_or_the_line_and_the_cure_are_told)),
        Of<ConfigurationFuzzTests>(
            "durations, in queries too", typeof(DurationText),
            nameof(ConfigurationFuzzTests.A_damaged_duration_or_size_is_one_that_can_be_written_or_none)),
        Of<ConfigurationFuzzTests>(
            "sizes", typeof(SizeText),
            nameof(ConfigurationFuzzTests.A_damaged_duration_or_size_is_one_that_can_be_written_or_none)),
        Of<ConfigurationFuzzTests>(
            "values of options", typeof(ValueText),
            nameof(ConfigurationFuzzTests.A_damaged_value_is_of_its_type_or_none)),
        Of<EnvelopeCodecTests>(
            "stored events", typeof(EnvelopeCodec),
            nameof(EnvelopeCodecTests.Random_damage_never_throws_and_what_is_read_has_one_whole_payload)),
        Of<StoredTextFuzzTests>(
            "rt:layout", typeof(RedisLayout), nameof(StoredTextFuzzTests.A_damaged_layout_is_one_or_none)),
        Of<StoredTextFuzzTests>(
            "rt:layout", typeof(RedisGeneration), nameof(StoredTextFuzzTests.A_damaged_layout_is_one_or_none)),
        Of<StoredTextFuzzTests>(
            "revocations", typeof(RevocationKey),
            nameof(StoredTextFuzzTests.A_damaged_revocation_is_of_another_or_none)),

        Of<StoredTextFuzzTests>(
            "INFO of Redis", typeof(RedisMemoryWatch),
            nameof(StoredTextFuzzTests.Damaged_information_is_told_or_not)),
        Of<StoredTextFuzzTests>(
            "what bells carry", typeof(RedisBell),
            nameof(StoredTextFuzzTests.A_damaged_bell_carries_whole_events_or_only_rings)),
        Of<StoredTextFuzzTests>(
            "numbers of producers, when the log is repartitioned", typeof(ProducerNumbersText),
            nameof(StoredTextFuzzTests.Damaged_numbers_of_a_producer_are_read_or_unknown)),

        // What an SDK reads of a server.
        Of<ReaderFuzzTests>(
            "messages of servers, JSON", typeof(ServerMessageReader),
            nameof(ReaderFuzzTests.Messages_of_a_server_are_read_or_against_the_protocol)),
        Of<ReaderFuzzTests>(
            "messages of servers, MessagePack", typeof(ServerMessagePackReader),
            nameof(ReaderFuzzTests.Messages_in_MessagePack_are_read_or_against_the_protocol)),
        Of<TerminalFuzzTests>(
            "terminals of servers", typeof(TerminalFeed),
            nameof(TerminalFuzzTests.Nothing_but_the_protocols_error_comes_of_what_cannot_be)),
        Of<ReaderFuzzTests>(
            "pages of history", typeof(PageReader),
            nameof(ReaderFuzzTests.Pages_and_answers_are_read_or_are_none)),
        Of<ReaderFuzzTests>(
            "answers to producers", typeof(Realtime.Client.Http.PublishAnswer),
            nameof(ReaderFuzzTests.Pages_and_answers_are_read_or_are_none)),
        Of<TicketFuzzTests>(
            "wishes of tickets", typeof(TicketRequest),
            nameof(TicketFuzzTests.A_damaged_wish_is_read_or_refused_by_its_place)),
        Of<TicketFuzzTests>(
            "bodies about tickets", typeof(TicketBody),
            nameof(TicketFuzzTests.A_damaged_wish_is_read_or_refused_by_its_place)),
        Of<TicketFuzzTests>(
            "tickets", typeof(Ticket),
            nameof(TicketFuzzTests.A_damaged_ticket_is_none_unless_it_has_the_form_of_one)),
        Of<ReaderFuzzTests>(
            "problem documents", typeof(Problem), nameof(ReaderFuzzTests.Problems_are_read_or_are_none)),
    ];

    /// <summary>What looks like such a reader and is none, and why.</summary>
    public static readonly IReadOnlyDictionary<Type, string> Others = new Dictionary<Type, string>
    {
        [typeof(ActionGrants)] = "reads words that Grants let through",
        [typeof(SecretFile)] = "reads lines of a file that the operator names; their form is SecretRules'",
        [typeof(RepartitionArguments)] = "reads the operator's own command line",
        [typeof(KnownKeys)] = "reads a resource of its own assembly",
        [typeof(Realtime.Client.Http.Body)] = "reads bytes, not their meaning",
        [typeof(Realtime.Workers.Delivery.WebSocketFrames)] = "reads eight bytes as a number",
        [typeof(ServerCertificate)] = "reads the operator's own files, by the framework",
        [typeof(PageFiles)] = "reads resources of its own assembly",
    };

    /// <summary>The readers in TypeScript: the file of the tests, and what stands in them.</summary>
    public static readonly IReadOnlyList<(string Bytes, string Reader, string Tests, string Test)> TypeScript =
    [
        ("messages of servers", "router.ts", "hostile.test.ts", "what cannot be ends in the protocol"),
        ("MessagePack", "msgpackReader.ts", "fuzz.test.ts", "damaged MessagePack"),
        ("JSON", "jsonCodec.ts", "fuzz.test.ts", "damaged JSON"),
        ("LZ4 blocks", "lz4Block.ts", "lz4Block.test.ts", "give what they say or nothing"),
        ("ids of events", "eventId.ts", "fuzz.test.ts", "damaged ids"),
    ];

    private static FuzzedParser Of<TTests>(string bytes, Type reader, string test) =>
        new(bytes, reader, typeof(TTests), test);

    private static FuzzedParser OfText(string bytes, Type reader) =>
        Of<HostileInputTests>(bytes, reader, nameof(HostileInputTests.What_is_read_of_damaged_texts_is_written_alike));

    private static FuzzedParser OfQuery(string bytes, Type reader) => Of<QueryFuzzTests>(
        bytes, reader, nameof(QueryFuzzTests.A_damaged_query_is_read_or_all_that_is_wrong_is_told_in_few_words));

    private static FuzzedParser OfHeader(string bytes, Type reader) => Of<RequestFuzzTests>(
        bytes, reader, nameof(RequestFuzzTests.Damaged_encodings_origins_and_addresses_are_read_or_refused));

    private static FuzzedParser OfOperator(string bytes, Type reader) => Of<RequestFuzzTests>(
        bytes, reader, nameof(RequestFuzzTests.A_damaged_order_is_read_or_refused_and_stays_on_one_line));

    private static FuzzedParser OfToken(string bytes, Type reader) => Of<TokenFuzzTests>(
        bytes, reader, nameof(TokenFuzzTests.A_damaged_token_is_never_accepted_and_never_more_than_refused));

    private static FuzzedParser OfStamp(string bytes, Type reader) => Of<StampFuzzTests>(
        bytes, reader, nameof(StampFuzzTests.What_is_damaged_and_signed_is_never_more_than_refused));
}
