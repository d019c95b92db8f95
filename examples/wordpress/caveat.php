<?php
/**
 * Plugin Name: Caveat articles
 * Description: Shows health articles from a Caveat server with every notice that they owe, and takes them down when told.
 * Version: 0.1.0
 * Requires at least: 6.1
 * Requires PHP: 7.4
 * License: Apache-2.0
 *
 * [caveat slug="kratom-and-ocd-evidence" jurisdiction="US-AL"], or the block "Caveat article".
 *
 * A copy is an option, so that an outage or an emptied cache loses nothing; a transient says for how
 * long it need not be asked for again. WP-Cron follows the log and makes due what has changed.
 */

defined( 'ABSPATH' ) || exit;

const CAVEAT_RECHECK   = 30;        // seconds
const CAVEAT_PATIENCE  = 3;         // seconds that an answer may take
const CAVEAT_MOST      = 2097152;   // bytes that an answer may have
const CAVEAT_COPY      = 'caveat_copy_';
const CAVEAT_REFUSALS  = array( 403, 410, 451 );

add_action( 'init', 'caveat_init' );
add_action( 'admin_init', 'caveat_admin_init' );
add_action( 'admin_menu', 'caveat_admin_menu' );
add_action( 'caveat_follow', 'caveat_follow' );
add_filter( 'cron_schedules', 'caveat_schedules' );
add_filter( 'no_texturize_tags', 'caveat_untouched' );
add_filter( 'wp_robots', 'caveat_robots' );
register_deactivation_hook( __FILE__, 'caveat_deactivate' );
register_uninstall_hook( __FILE__, 'caveat_uninstall' );

/** Offer the shortcode and the block, and see to it that the log is followed. */
function caveat_init() {
	add_shortcode( 'caveat', 'caveat_show' );
	wp_register_style( 'caveat', caveat_setting( 'url' ) . '/embed/1.0.0/caveat.css', array(), null );
	$needs = array( 'wp-blocks', 'wp-element', 'wp-components', 'wp-block-editor', 'wp-server-side-render' );
	wp_register_script( 'caveat-block', false, $needs, null, true );
	wp_add_inline_script( 'caveat-block', CAVEAT_BLOCK );
	register_block_type(
		'caveat/article',
		array(
			'api_version'     => 2,
			'title'           => 'Caveat article',
			'category'        => 'embed',
			'attributes'      => array(
				'slug'         => array( 'type' => 'string', 'default' => '' ),
				'jurisdiction' => array( 'type' => 'string', 'default' => '' ),
			),
			'editor_script'   => 'caveat-block',
			'render_callback' => 'caveat_show',
		)
	);
	if ( ! wp_next_scheduled( 'caveat_follow' ) ) {
		wp_schedule_event( time(), 'caveat_minute', 'caveat_follow' );
	}
}

/** What the editor needs to know of the block; what readers see is always made by caveat_show(). */
const CAVEAT_BLOCK = <<<'JS'
( ( { blocks, element: { createElement: h, Fragment }, components, blockEditor, serverSideRender } ) => {
	blocks.registerBlockType( 'caveat/article', {
		edit: ( { attributes, setAttributes } ) => {
			const field = ( name, label ) => h( components.TextControl, {
				label, value: attributes[ name ], onChange: ( value ) => setAttributes( { [ name ]: value } ),
			} );
			return h( 'div', blockEditor.useBlockProps(),
				h( blockEditor.InspectorControls, null, h( components.PanelBody, null,
					field( 'slug', 'Slug of the article' ),
					field( 'jurisdiction', 'Where your readers are, such as US-AL' ) ) ),
				h( serverSideRender, { block: 'caveat/article', attributes } ) );
		},
		save: () => null,
	} );
} )( window.wp );
JS;

/** Return an article as HTML, or what has to stand in its place. */
function caveat_show( $attributes ) {
	$slug  = strtolower( $attributes['slug'] ?? '' );
	$place = strtoupper( ( $attributes['jurisdiction'] ?? '' ) ?: caveat_setting( 'jurisdiction' ) );
	wp_enqueue_style( 'caveat' );
	$html = preg_match( '/^[a-z0-9-]+$/', $slug ) && preg_match( '/^[A-Z0-9-]+$/', $place )
		? caveat_html( caveat_copy( $slug, $place ) )
		: caveat_unavailable( 'slug or jurisdiction is missing or malformed' );
	return "<caveat-copy style=\"display:block\">$html</caveat-copy>";
}

/** Return what a copy allows to show now. */
function caveat_html( $copy ) {
	if ( in_array( $copy['status'], CAVEAT_REFUSALS, true ) ) {
		return caveat_ending( $copy );
	}
	if ( 200 !== $copy['status'] ) {
		return caveat_unavailable( $copy['why'] );
	}
	if ( time() >= min( $copy['until'], $copy['checked'] + $copy['lasts'] ) ) {
		return caveat_unavailable( 'no answer for longer than a copy may be shown' );
	}
	return caveat_safe( $copy['html'] ) ?: caveat_unavailable( 'wp_kses would cut it' );
}

/** Return what is kept of an article, asked for again when that is due. */
function caveat_copy( $slug, $place ) {
	$name = CAVEAT_COPY . md5( "$slug $place" );
	$copy = get_option( $name ) ?: array( 'status' => 503, 'why' => 'it never came' );
	if ( get_transient( $name ) ) {
		return $copy;
	}
	set_transient( $name, 1, CAVEAT_RECHECK );
	$told = caveat_ask( $slug, $place, $copy );
	if ( 503 === $told['status'] ) {  // no whole, clear answer: keep what there is
		return 503 === $copy['status'] ? $told : $copy;
	}
	if ( 404 === $told['status'] ) {
		delete_option( $name );
		return $told;
	}
	$copy = array( 'slug' => $slug, 'place' => $place, 'checked' => time() ) + $told;
	update_option( $name, $copy, false );
	return $copy;
}

/** Return what Caveat says of an article; status 503, and why, where that is not clear. */
function caveat_ask( $slug, $place, $known ) {
	$etag = $known['etag'] ?? '';
	list( $status, $body, $headers ) = caveat_get( "/v1/articles/$slug?jurisdiction=$place", $etag );
	if ( 304 === $status && $etag ) {
		return $known;
	}
	$answer = json_decode( $body, true ) ?: array();
	$help   = $answer['help'] ?? $known['help'] ?? array();
	$facts  = array(
		'article' => $known['article'] ?? '',
		'locale'  => $known['locale'] ?? '',
	);
	if ( 410 === $status || 'remove-here' === ( $answer['your_copy'] ?? '' ) ) {  // 410: whatever its body
		return $facts + caveat_told( $status, $answer, $help );
	}
	if ( 404 === $status && isset( $answer['type'] ) ) {
		return array( 'status' => 404, 'why' => 'there is no such article' );
	}
	if ( 200 !== $status || ! isset( $answer['freshness'], $answer['disclaimers'] ) ) {
		return array( 'status' => 503, 'why' => $answer['detail'] ?? "status $status" );
	}
	$html = caveat_whole( $slug, $place, $answer );
	if ( ! $html ) {
		return array( 'status' => 503, 'why' => 'it did not come whole' );
	}
	$last_day = $answer['freshness']['display_until'];
	return array(
		'status'  => 200,
		'html'    => $html,
		'etag'    => $headers['etag'],
		'noindex' => 'noindex' === $answer['rights']['indexing'],
		'help'    => $help,
		'article' => $answer['article']['id'],
		'locale'  => $answer['context']['locale'],
		'lasts'   => caveat_seconds( $answer['freshness']['max_offline'] ),
		'until'   => $last_day ? strtotime( "$last_day 00:00:00 UTC" ) + DAY_IN_SECONDS : PHP_INT_MAX,
	);
}

/** Return the article as HTML: the same edition, to its end, with each of its notices; else ''. */
function caveat_whole( $slug, $place, $edition ) {
	list( $status, $body, $headers ) =
		caveat_get( "/v1/articles/$slug.html?jurisdiction=$place&fragment=1&heading=2" );
	$html = trim( $body );
	if ( 200 !== $status || '</article>' !== substr( $html, -10 ) ) {
		return '';
	}
	if ( (string) $edition['sequence'] !== ( $headers['caveat-sequence'] ?? '' ) ) {
		return '';
	}
	foreach ( $edition['disclaimers'] as $notice ) {
		if ( false === strpos( $html, 'data-notice="' . $notice['id'] . '"' ) ) {
			return '';
		}
	}
	return $html;
}

/** Return status, body and headers of an answer; status 0 where there is none. */
function caveat_get( $address, $etag = '' ) {
	$headers = array_filter(
		array(
			'If-None-Match' => $etag,
			'Authorization' => caveat_setting( 'key' ) ? 'Bearer ' . caveat_setting( 'key' ) : '',
		)
	);
	$answer = wp_remote_get(
		caveat_setting( 'url' ) . $address,
		array(
			'timeout'             => CAVEAT_PATIENCE,
			'limit_response_size' => CAVEAT_MOST,
			'headers'             => $headers,
		)
	);
	if ( is_wp_error( $answer ) ) {
		return array( 0, '', array() );
	}
	$seen = array();
	foreach ( array( 'etag', 'caveat-sequence' ) as $name ) {
		$seen[ $name ] = wp_remote_retrieve_header( $answer, $name );
	}
	$status = (int) wp_remote_retrieve_response_code( $answer );
	return array( $status, wp_remote_retrieve_body( $answer ), $seen );
}

/** Return what is kept of a refusal. */
function caveat_told( $status, $said, $help ) {
	return array(
		'status'      => $status,
		'notice'      => $said['notice'] ?? '',
		'help'        => $help,
		'replacement' => $said['replacement'] ?? '',
	);
}

/** Return the seconds of a duration such as P7D or PT12H. */
function caveat_seconds( $duration ) {
	return ( new DateTimeImmutable( '@0' ) )->add( new DateInterval( $duration ) )->getTimestamp();
}

/** Return HTML as wp_kses passes it; '' where that would change a word, a notice or an address. */
function caveat_safe( $html ) {
	$clean = wp_kses( $html, caveat_allowed() );
	return caveat_gist( $clean ) === caveat_gist( $html ) ? $clean : '';
}

/** Return what of some HTML must not be lost. */
function caveat_gist( $html ) {
	preg_match_all( '/<(?:details|summary)|(?:data-notice|href)="[^"]*"/', $html, $marks );
	$words = html_entity_decode( wp_strip_all_tags( $html ), ENT_QUOTES | ENT_HTML5, 'UTF-8' );
	return array( array_map( 'html_entity_decode', $marks[0] ), preg_split( '/\s+/', trim( $words ) ) );
}

/** Return the elements and attributes that an article is made of. */
function caveat_allowed() {
	$names = 'article section div header footer h1 h2 h3 h4 h5 h6 p ul ol li dl dt dd blockquote details '
		. 'summary figure figcaption table caption thead tbody tr th td span strong em sup cite time';
	$any   = array_fill_keys(
		array( 'class', 'id', 'lang', 'dir', 'title', 'role', 'tabindex', 'aria-label', 'data-*' ),
		true
	);
	return array(
		'a'    => $any + array( 'href' => true, 'type' => true ),
		'img'  => $any + array_fill_keys( array( 'src', 'alt', 'width', 'height', 'decoding', 'referrerpolicy' ), true ),
		'time' => $any + array( 'datetime' => true ),
		'th'   => $any + array( 'scope' => true ),
	) + array_fill_keys( explode( ' ', $names ), $any );
}

/** Keep WordPress from exchanging quotes and dashes in a text that is not to be changed. */
function caveat_untouched( $tags ) {
	return array_merge( $tags, array( 'caveat-copy' ) );
}

/** Keep search engines out of a post with an article that may not be indexed. */
function caveat_robots( $robots ) {
	$text = is_singular() ? get_post()->post_content : '';
	caveat_each(
		function ( $name, $copy ) use ( $text, &$robots ) {
			$is_here = preg_match( '/\bcaveat\b[^\]>]*"' . $copy['slug'] . '"/', $text );
			$robots += $is_here && ! empty( $copy['noindex'] ) ? array( 'noindex' => true ) : array();
		}
	);
	return $robots;
}

/** Return what stands in the place of an article that must not be shown: notice, help, what instead. */
function caveat_ending( $copy ) {
	$html = '<p>' . esc_html( $copy['notice'] ?: 'This article is not available here.' ) . '</p><ul>';
	foreach ( $copy['help'] as $line ) {
		$html .= '<li>' . esc_html( "{$line['label']}: {$line['phrase']}" );
		foreach ( $line['actions'] as $action ) {
			$html .= ' <a href="' . esc_url( $action['value'] ) . '">' . esc_html( $action['label'] ) . '</a>';
		}
		$html .= '</li>';
	}
	if ( $copy['replacement'] ) {
		$address = caveat_setting( 'url' ) . "/v1/articles/{$copy['replacement']}.html?jurisdiction={$copy['place']}";
		$html   .= '<li>Read instead: <a href="' . esc_url( $address ) . '">' . esc_html( $copy['replacement'] ) . '</a></li>';
	}
	return "<div class=\"cv-ended\">$html</ul></div>";
}

/** Return what readers see where there is nothing to show; editors see why. */
function caveat_unavailable( $why ) {
	$told = current_user_can( 'edit_posts' ) ? ' (' . esc_html( $why ) . ')' : '';
	return "<p>This article cannot be shown right now. Please come back later.$told In an emergency call your "
		. 'local emergency number. <a href="https://findahelpline.com/">Find a helpline</a></p>';
}

/** Follow the log: what changed is asked for again, what was taken down is taken down. Each minute. */
function caveat_follow() {
	$after = get_option( 'caveat_after' );
	for ( $pages = 0; $pages < 10; $pages++ ) {
		$limit = false === $after ? 1 : 200;
		list( $status, $body ) = caveat_get( '/v1/changes?after=' . (int) $after . "&limit=$limit" );
		$log = json_decode( $body, true );
		if ( 400 === $status ) {  // the log is shorter than it was: another one, or an older one
			caveat_each( fn( $name ) => delete_transient( $name ) );
			delete_option( 'caveat_after' );
			return;
		}
		if ( 200 !== $status || ! isset( $log['sequence'], $log['changes'] ) ) {
			return;  // the next minute goes on from here
		}
		if ( false !== $after ) {
			array_map( 'caveat_obey', $log['changes'] );
		}
		$last  = end( $log['changes'] );
		$after = false === $after || ! $last ? $log['sequence'] : $last['seq'];
		update_option( 'caveat_after', $after, false );
		if ( $after >= $log['sequence'] ) {
			return;
		}
	}
}

/** Do to the copies what a change asks for. */
function caveat_obey( $change ) {
	caveat_each(
		function ( $name, $copy ) use ( $change ) {
			if ( 'all' !== $change['scope'] && $copy['article'] !== $change['subject']['id'] ) {
				return;
			}
			delete_transient( $name );
			if ( isset( $change['tombstone'] ) && $copy['locale'] === $change['subject']['locale'] ) {
				$told = caveat_told( 410, $change['tombstone'], $change['tombstone']['help'] );
				update_option( $name, array_merge( array_diff_key( $copy, array( 'etag' => 1, 'html' => 1 ) ), $told ), false );
			}
			do_action( 'caveat_changed', $copy['slug'] );  // for a cache of whole pages
		}
	);
}

/** Call a function with the name and the value of each copy. */
function caveat_each( $do ) {
	global $wpdb;
	$like  = $wpdb->esc_like( CAVEAT_COPY ) . '%';
	$names = $wpdb->get_col( $wpdb->prepare( "SELECT option_name FROM $wpdb->options WHERE option_name LIKE %s", $like ) );
	foreach ( $names as $name ) {
		$do( $name, get_option( $name ) );
	}
}

/** Let WP-Cron run each minute. */
function caveat_schedules( $schedules ) {
	return $schedules + array( 'caveat_minute' => array( 'interval' => 60, 'display' => 'Each minute' ) );
}

/** Return a setting: url, key or jurisdiction. */
function caveat_setting( $name ) {
	$defaults = array( 'url' => 'http://127.0.0.1:8000', 'key' => '', 'jurisdiction' => '001' );
	return ( (array) get_option( 'caveat_settings' ) + $defaults )[ $name ];
}

/** Describe the settings, and bring what is entered into shape. */
function caveat_admin_init() {
	register_setting( 'caveat', 'caveat_settings', array( 'sanitize_callback' => 'caveat_settings' ) );
	add_settings_section( 'caveat', '', '__return_null', 'caveat' );
	$labels = array(
		'url'          => 'Address of the Caveat server',
		'key'          => 'Key, if you have one',
		'jurisdiction' => 'Where your readers are (US-AL; 001 for the world)',
	);
	foreach ( $labels as $name => $label ) {
		add_settings_field( "caveat_$name", $label, 'caveat_field', 'caveat', 'caveat', array( 'name' => $name ) );
	}
}

/** Return settings as they are kept; what is copied under the old ones is asked for again. */
function caveat_settings( $given ) {
	caveat_each( fn( $name ) => delete_transient( $name ) );
	$place = strtoupper( trim( $given['jurisdiction'] ?? '' ) );
	return array(
		'url'          => untrailingslashit( esc_url_raw( trim( $given['url'] ?? '' ), array( 'https', 'http' ) ) ),
		'key'          => sanitize_text_field( $given['key'] ?? '' ),
		'jurisdiction' => preg_match( '/^[A-Z0-9-]+$/', $place ) ? $place : '001',
	);
}

/** Print the field of a setting. */
function caveat_field( $asked ) {
	$name = $asked['name'];
	printf(
		'<input class="regular-text" type="%s" name="caveat_settings[%s]" value="%s" autocomplete="off">',
		'key' === $name ? 'password' : 'text',
		esc_attr( $name ),
		esc_attr( caveat_setting( $name ) )
	);
}

/** Add the page of the settings. */
function caveat_admin_menu() {
	add_options_page( 'Caveat', 'Caveat', 'manage_options', 'caveat', 'caveat_page' );
}

/** Print the page of the settings. */
function caveat_page() {
	echo '<div class="wrap"><h1>Caveat</h1><form action="options.php" method="post">';
	settings_fields( 'caveat' );
	do_settings_sections( 'caveat' );
	submit_button();
	echo '</form></div>';
}

/** Stop to follow the log. */
function caveat_deactivate() {
	wp_clear_scheduled_hook( 'caveat_follow' );
}

/** Leave nothing behind. */
function caveat_uninstall() {
	caveat_deactivate();
	caveat_each(
		function ( $name ) {
			delete_transient( $name );
			delete_option( $name );
		}
	);
	delete_option( 'caveat_after' );
	delete_option( 'caveat_settings' );
}
